"""The curriculum: one row a room. Pages, navigation, the map and the tests all read it here.

A room is *planned* until `pages/<slug>.py` exists; nothing else has to be told.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.i18n import Text, same


@dataclass(frozen=True)
class Section:
    """A part of the course."""

    id: str
    title: Text


@dataclass(frozen=True)
class Topic:
    """One room.

    question : the one question the room answers
    needs : slugs of the rooms that a newcomer should see before
    terms : what else a reader may search for
    """

    slug: str
    section: str
    title: Text
    question: Text
    needs: tuple[str, ...] = ()
    terms: Text | None = None


SECTIONS: tuple[Section, ...] = (
    Section("foundations", Text("Deep learning", "Глубокое обучение")),
    Section("text", Text("Text → numbers", "Текст → числа")),
    Section("architectures", Text("Architectures", "Архитектуры")),
    Section("interpretation", Text("Interpretation", "Интерпретация")),
    Section("metrics", Text("Metrics", "Метрики")),
)

TOPICS: tuple[Topic, ...] = (
    Topic(
        "deep_learning",
        "foundations",
        Text("Deep vs classical", "Глубокое и классическое"),
        Text(
            "What does a deep network learn that we used to write by hand?",
            "Что сеть учит сама из того, что раньше писали руками?",
        ),
        (),
        Text("features SVM random forest kNN MLP CNN digits", "признаки SVM случайный лес kNN MLP CNN цифры"),
    ),
    Topic(
        "neuron",
        "foundations",
        Text("Neuron", "Нейрон"),
        Text("What does one neuron compute, and what can it not?", "Что считает один нейрон — и чего он не может?"),
        (),
        Text(
            "weights bias XOR computation graph backpropagation",
            "веса смещение XOR граф вычислений обратное распространение",
        ),
    ),
    Topic(
        "activations",
        "foundations",
        Text("Activations", "Функции активации"),
        Text("Which curve keeps the signal alive?", "Какая кривая не даёт сигналу погаснуть?"),
        ("neuron",),
        Text("ReLU sigmoid tanh GELU SiLU softmax dead ReLU", "ReLU сигмоида tanh GELU SiLU softmax мёртвый ReLU"),
    ),
    Topic(
        "overfitting",
        "foundations",
        Text("Overfitting", "Переобучение"),
        Text("When does a better fit predict worse?", "Когда точнее на обучении — значит хуже на новых данных?"),
        ("neuron",),
        Text(
            "bias variance double descent early stopping k-fold",
            "смещение разброс двойной спуск ранняя остановка кросс-валидация",
        ),
    ),
    Topic(
        "gradient_descent",
        "foundations",
        Text("Gradient descent", "Градиентный спуск"),
        Text("Which way is down, and how far should one step?", "Куда вниз и какой длины должен быть шаг?"),
        ("neuron",),
        Text(
            "SGD momentum Nesterov AdaGrad RMSProp Adam learning rate",
            "SGD импульс Нестеров AdaGrad RMSProp Adam скорость обучения",
        ),
    ),
    Topic(
        "losses",
        "foundations",
        Text("Loss functions", "Функции потерь"),
        Text("What exactly is the network punished for?", "За что именно штрафуют сеть?"),
        ("gradient_descent",),
        Text(
            "cross-entropy MSE MAE Huber hinge focal triplet contrastive",
            "кросс-энтропия MSE MAE Хьюбер hinge focal триплет контрастивная",
        ),
    ),
    Topic(
        "regularization",
        "foundations",
        Text("Regularization", "Регуляризация"),
        Text("How do we make a network prefer the simple answer?", "Как заставить сеть предпочесть простой ответ?"),
        ("overfitting",),
        Text("L1 L2 dropout batch norm augmentation", "L1 L2 дропаут batch norm аугментация"),
    ),
    Topic(
        "gradient_flow",
        "foundations",
        Text("Gradient flow", "Поток градиента"),
        Text("Does the gradient reach the first layer?", "Доходит ли градиент до первого слоя?"),
        ("activations", "gradient_descent"),
        Text("vanishing exploding clipping Xavier He residual", "затухание взрыв обрезка Xavier He остаточные связи"),
    ),
    Topic(
        "class_imbalance",
        "foundations",
        Text("Class imbalance", "Дисбаланс классов"),
        Text("What does 99 % accuracy hide?", "Что прячет точность 99 %?"),
        ("losses",),
        Text("oversampling undersampling class weights threshold", "оверсэмплинг андерсэмплинг веса классов порог"),
    ),
    Topic(
        "tokenization",
        "text",
        Text("Tokenization", "Токенизация"),
        Text("Where does a model cut your text?", "Где модель режет ваш текст?"),
        (),
        Text("token OOV Unicode characters words", "токен OOV Юникод символы слова"),
    ),
    Topic(
        "subword",
        "text",
        Text("BPE · WordPiece · Unigram", "BPE · WordPiece · Unigram"),
        Text("How do pieces of words earn a place in the vocabulary?", "Как куски слов попадают в словарь?"),
        ("tokenization",),
        same("SentencePiece byte-level merges"),
    ),
    Topic(
        "ngrams",
        "text",
        Text("N-grams", "N-граммы"),
        Text("How far do counts alone predict the next word?", "Далеко ли можно уйти на одних подсчётах?"),
        ("tokenization",),
        Text("smoothing Kneser–Ney backoff perplexity PMI", "сглаживание Кнезер–Ней перплексия PMI"),
    ),
    Topic(
        "bow_tfidf",
        "text",
        Text("Bag of words · TF-IDF", "Мешок слов · TF-IDF"),
        Text("Which words tell documents apart?", "Какие слова отличают документ от других?"),
        ("tokenization",),
        Text("counts cosine similarity search", "подсчёты косинусная близость поиск"),
    ),
    Topic(
        "embeddings",
        "text",
        Text("Embeddings", "Эмбеддинги"),
        Text("What is near a word when words are points?", "Что рядом со словом, если слова — точки?"),
        ("bow_tfidf",),
        Text("neighbours analogy PCA t-SNE UMAP bias", "соседи аналогии PCA t-SNE UMAP предвзятость"),
    ),
    Topic(
        "word2vec",
        "text",
        Text("Word2Vec", "Word2Vec"),
        Text("How does guessing neighbours make meaning?", "Как из угадывания соседей получается смысл?"),
        ("embeddings", "gradient_descent"),
        same("CBOW skip-gram negative sampling"),
    ),
    Topic(
        "glove",
        "text",
        Text("GloVe", "GloVe"),
        Text("What do ratios of co-occurrence know?", "Что знают отношения совместных встреч?"),
        ("word2vec",),
        Text("co-occurrence matrix weighting", "матрица совместной встречаемости взвешивание"),
    ),
    Topic(
        "architectures",
        "architectures",
        Text("Architectures", "Обзор архитектур"),
        Text("Who sees whom in each network?", "Кто кого видит в каждой сети?"),
        ("neuron",),
        Text("CNN RNN Transformer receptive field", "CNN RNN трансформер поле восприятия"),
    ),
    Topic(
        "rnn",
        "architectures",
        Text("RNN", "RNN"),
        Text("What does a network remember from ten words ago?", "Что сеть помнит о слове десять шагов назад?"),
        ("gradient_flow",),
        Text("hidden state unrolling BPTT", "скрытое состояние развёртка BPTT"),
    ),
    Topic(
        "lstm_gru",
        "architectures",
        Text("LSTM · GRU", "LSTM · GRU"),
        Text("Which gate lets the past through?", "Какой вентиль пропускает прошлое?"),
        ("rnn",),
        Text("gates cell state forget", "вентили ячейка забывание"),
    ),
    Topic(
        "attention",
        "architectures",
        Text("Attention", "Внимание"),
        Text(
            "Where does each word look — and where does every number come from?",
            "Куда смотрит каждое слово — и откуда берётся каждое число?",
        ),
        ("embeddings",),
        Text(
            "query key value softmax heads mask BertViz rollout self-attention scaled dot-product",
            "запрос ключ значение softmax головы маска BertViz rollout самовнимание скалярное произведение",
        ),
    ),
    Topic(
        "transformer",
        "architectures",
        Text("Transformer", "Трансформер"),
        Text("What happens between two layers of attention?", "Что происходит между двумя слоями внимания?"),
        ("attention",),
        Text("residual layer norm FFN positional encoding", "остаточная связь layer norm FFN позиционное кодирование"),
    ),
    Topic(
        "long_sequences",
        "architectures",
        Text("Long sequences", "Длинные последовательности"),
        Text("What does a thousand times longer text cost?", "Во что обходится текст в тысячу раз длиннее?"),
        ("transformer",),
        Text("quadratic cost sparse attention KV cache", "квадратичная сложность разреженное внимание KV-кэш"),
    ),
    Topic(
        "masked_lm",
        "architectures",
        Text("Masked LM", "Маскированный LM"),
        Text("What does the model put in the gap?", "Что модель поставит на место пропуска?"),
        ("transformer",),
        Text("cloze 80/10/10 fill-mask", "пропуск 80/10/10"),
    ),
    Topic(
        "bert",
        "architectures",
        Text("BERT", "BERT"),
        Text("What does a sentence look like from inside?", "Как предложение выглядит изнутри модели?"),
        ("masked_lm",),
        Text("encoder CLS layers embeddings", "энкодер CLS слои эмбеддинги"),
    ),
    Topic(
        "seq2seq",
        "architectures",
        Text("Seq2seq", "Seq2seq"),
        Text("How does one sentence become another?", "Как одно предложение превращается в другое?"),
        ("lstm_gru", "attention"),
        Text("translation encoder decoder beam search alignment", "перевод энкодер декодер лучевой поиск выравнивание"),
    ),
    Topic(
        "transfer_learning",
        "architectures",
        Text("Transfer learning", "Перенос обучения"),
        Text("What does a pretrained network bring along?", "Что предобученная сеть приносит с собой?"),
        ("bert",),
        Text("fine-tuning frozen sentiment", "дообучение заморозка тональность"),
    ),
    Topic(
        "saliency",
        "interpretation",
        Text("Gradients", "Градиенты"),
        Text("Which input would change the answer most?", "Какой вход сильнее всего изменил бы ответ?"),
        ("transfer_learning",),
        Text("saliency integrated gradients", "салиентность интегрированные градиенты"),
    ),
    Topic(
        "grad_cam",
        "interpretation",
        Text("Grad-CAM", "Grad-CAM"),
        Text("Where did the network look in the picture?", "Куда сеть смотрела на картинке?"),
        ("saliency",),
        Text("CNN heat map", "CNN тепловая карта"),
    ),
    Topic(
        "lime",
        "interpretation",
        Text("LIME", "LIME"),
        Text("What would a simple model say nearby?", "Что скажет рядом простая модель?"),
        ("transfer_learning",),
        Text("local surrogate", "локальная суррогатная модель"),
    ),
    Topic(
        "shap",
        "interpretation",
        Text("SHAP", "SHAP"),
        Text("How is the prediction shared among the words?", "Как разделить предсказание между словами?"),
        ("lime",),
        Text("Shapley values", "значения Шепли"),
    ),
    Topic(
        "projections",
        "interpretation",
        Text("t-SNE · UMAP", "t-SNE · UMAP"),
        Text("Which clusters on a flat map are real?", "Какие кластеры на плоской карте настоящие?"),
        ("embeddings",),
        Text("perplexity neighbours PCA dimension reduction", "перплексия соседи PCA понижение размерности"),
    ),
    Topic(
        "classification_metrics",
        "metrics",
        Text("Classification", "Классификация"),
        Text("What moves when you move the threshold?", "Что сдвинется, если сдвинуть порог?"),
        ("class_imbalance",),
        Text(
            "accuracy precision recall F1 ROC AUC calibration confusion matrix",
            "точность полнота F1 ROC AUC калибровка матрица ошибок",
        ),
    ),
    Topic(
        "ner_metrics",
        "metrics",
        Text("Entities (NER)", "Сущности (NER)"),
        Text("Why can 90 % of tokens be right and no entity?", "Как 90 % токенов верны, а сущностей — ни одной?"),
        ("classification_metrics",),
        Text("BIO spans strict partial entity F1", "BIO спаны строгое частичное F1"),
    ),
    Topic(
        "translation_metrics",
        "metrics",
        Text("BLEU · METEOR · TER · chrF", "BLEU · METEOR · TER · chrF"),
        Text("Why is this translation 0.27?", "Почему этот перевод — 0,27?"),
        ("ngrams",),
        Text("translation brevity penalty n-gram precision", "перевод штраф за краткость точность n-грамм"),
    ),
    Topic(
        "summarization_metrics",
        "metrics",
        Text("ROUGE", "ROUGE"),
        Text("How much of the reference survived?", "Сколько от эталона уцелело?"),
        ("translation_metrics",),
        Text("summary LCS lead-3 content selection", "реферат LCS lead-3 отбор содержания"),
    ),
    Topic(
        "generation_metrics",
        "metrics",
        Text("Perplexity · Distinct", "Перплексия · Distinct"),
        Text("How surprised is the model, and how dull?", "Насколько модель удивлена — и насколько скучна?"),
        ("ngrams",),
        Text("surprisal temperature top-k top-p repetition", "неожиданность температура top-k top-p повторы"),
    ),
    Topic(
        "qa_retrieval_metrics",
        "metrics",
        Text("EM · F1 · MRR", "EM · F1 · MRR"),
        Text("Is the answer right, and how soon was it found?", "Верен ли ответ и как скоро он найден?"),
        ("classification_metrics",),
        Text("exact match nDCG hits ranking SQuAD", "точное совпадение nDCG hits ранжирование SQuAD"),
    ),
)

BY_SLUG: dict[str, Topic] = {topic.slug: topic for topic in TOPICS}


def in_section(section: str) -> tuple[Topic, ...]:
    """The rooms of a section in the order of the course."""
    return tuple(topic for topic in TOPICS if topic.section == section)
