"""The kit's own sentences."""

from core.i18n import Text

PLANNED = Text("planned", "в планах")
SEARCH = Text("Search topics and terms", "Поиск тем и терминов")
LANGUAGE = Text("Language", "Язык")
COURSE = Text("The course", "Карта курса")
CONTROLS = Text("Controls", "Настройки")
MORE = Text("more controls", "ещё настройки")
RESET = Text("reset", "сбросить")
PRESETS = Text("Try", "Попробуйте")

PREDICT = Text("Predict, then see", "Предскажите и проверьте")
BREAKS = Text("What breaks", "Что ломается")
HOW = Text("How it works", "Как это устроено")
SOURCES = Text("Sources and errata", "Источники и ошибки конспектов")

CHECK_GOOD = Text("agrees with {library} {version}", "совпадает с {library} {version}")
CHECK_BAD = Text("differs from {library} {version}", "расходится с {library} {version}")
NO_CHECK = Text("no reference check in this state", "в этом состоянии сверять не с чем")

PIN = Text("Compare: keep this as A", "Сравнить: запомнить как A")
UNPIN = Text("Stop comparing", "Закончить сравнение")
PINNED = Text("A · kept", "A · запомнено")
CURRENT = Text("B · now", "B · сейчас")
NOTHING_CHANGED = Text("A and B are the same: change something.", "A и B совпадают: измените что-нибудь.")
SHARE = Text("Share", "Поделиться")
SHARE_HELP = Text(
    "The address holds everything you see. Copy it:", "Всё, что вы видите, записано в адресе. Скопируйте его:"
)
STAGE = Text("for slides: only the views", "для слайдов: только картинки")
STAGE_LAB = Text("for a projector: the lab without the text", "для проектора: лаборатория без текста")
STAGE_BACK = Text("back to the full page", "вернуться к полной странице")
EXPORT = Text("Export", "Сохранить")
EXPORT_CSV = Text("numbers, .csv", "числа, .csv")
EXPORT_NOTEBOOK = Text("notebook, .ipynb", "ноутбук, .ipynb")
EXPORT_SCRIPT = Text("script, .py", "скрипт, .py")
EXPORT_HELP = Text(
    "The notebook and the script recompute exactly this view with the package core. Pictures: the SVG and PNG buttons.",
    "Ноутбук и скрипт заново вычисляют именно эту картину пакетом core. Картинки — кнопками SVG и PNG.",
)
SAVE_PICTURE = Text("save the picture", "сохранить картинку")
HINT_BOARD = Text(
    "click a cell to see its arithmetic · double-click a dashed one to change it",
    "щёлкните клетку — увидите расчёт · двойной щелчок по пунктирной меняет число",
)
HINT_CELLS = Text("click a cell to see its arithmetic", "щёлкните клетку — увидите расчёт")
PLAY = Text("play", "пуск")
PAUSE = Text("pause", "пауза")
BACK = Text("one step back", "шаг назад")
FORWARD = Text("one step forward", "шаг вперёд")
STEP = Text("step", "шаг")

ANSWER = Text("Your answer", "Ваш ответ")
COMMIT = Text("Commit", "Ответить")
RIGHT = Text("Right.", "Верно.")
WRONG = Text("Not so. The lab says: {answer}.", "Не так. Лаборатория говорит: {answer}.")
AGAIN = Text("ask again", "ещё раз")
SHOW_IN_LAB = Text("show it in the lab", "показать в лаборатории")

NOT_A_NUMBER = Text("“{typed}” is not a number.", "«{typed}» — не число.")
FELL_BACK = Text("The last good values are shown.", "Показаны последние верные значения.")
TROUBLE = Text(
    "Something went wrong on our side. Your input is kept; change any control and try again.",
    "Что-то сломалось на нашей стороне. Введённое сохранено: измените любую настройку и попробуйте ещё раз.",
)
FILE_TOO_BIG = Text(
    "The file is larger than {limit} KB. Take a smaller part of it.", "Файл больше {limit} КБ. Возьмите его часть."
)
FILE_NOT_TEXT = Text(
    "The file is not UTF-8 text. Save it as UTF-8 and try again.",
    "Файл не в кодировке UTF-8. Сохраните его в UTF-8 и попробуйте ещё раз.",
)
OWN_FILE = Text("from a file", "из файла")
FILE_CUT = Text("Only the first {n} characters of the file are used.", "Взяты только первые {n} символов файла.")
OWN_DATA = Text("Own file (.txt, UTF-8)", "Свой файл (.txt, UTF-8)")
ON = Text("on", "вкл")
OFF = Text("off", "выкл")
LAB = Text("Lab", "Лаборатория")
JOB_QUEUED = Text("Waiting: other computations are ahead …", "В очереди: впереди другие вычисления…")
JOB_STOP = Text("Stop", "Остановить")
JOB_STOPPED = Text("Stopped. Change a control, or go on.", "Остановлено. Измените настройку или продолжите.")
JOB_RESUME = Text("Go on", "Продолжить")
AT_STEP = Text("step", "шаг")
OWN_TABLE = Text("Own file (.csv, UTF-8)", "Свой файл (.csv, UTF-8)")
TABLE_KEPT = Text(
    "Your file has {n} rows. It stays in this visit: a link does not carry it.",
    "В вашем файле строк: {n}. Он остаётся в этом посещении: ссылка его не передаёт.",
)
TABLE_DROP = Text("back to the typed rows", "вернуться к набранным строкам")
