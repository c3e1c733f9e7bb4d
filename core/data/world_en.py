"""The English half of the small world: its words and the sentences they stand in."""

from __future__ import annotations

from core.data.grammar import Block, Topic, by_pair, by_scale, column, lines, table
from core.data.people_en import FAMILY, FAMILY_FRAMES, PERSON_FRAMES, STORY, STORY_FRAMES

LISTS = {
    "name": ("Anna", "Tom", "Kate", "Peter", "Mary", "Jack"),
    "when": ("in the morning", "in the evening", "at noon", "on Sunday"),
    "season": ("in winter", "in spring", "in summer", "in autumn"),
    "dish": ("soup", "porridge", "pancakes", "stew"),
    "garment": ("scarf", "coat", "sweater", "hat", "suit"),
}

COUNTRIES = table("""
country | capital | river           | people       | language | dish      | sight
France  | Paris   | the Seine       | the French   | French   | cheese    | the Louvre
Italy   | Rome    | the Tiber       | Italians     | Italian  | pizza     | the Colosseum
Spain   | Madrid  | the Manzanares  | Spaniards    | Spanish  | paella    | the Prado
Germany | Berlin  | the Spree       | Germans      | German   | sausages  | the Reichstag
Russia  | Moscow  | the Moskva      | Russians     | Russian  | blini     | the Kremlin
Japan   | Tokyo   | the Sumida      | the Japanese | Japanese | sushi     | the Skytree
England | London  | the Thames      | the English  | English  | pudding   | the Tower
Poland  | Warsaw  | the Vistula     | Poles        | Polish   | pierogi   | the Barbican
Egypt   | Cairo   | the Nile        | Egyptians    | Arabic   | dates     | the Citadel
""")
COUNTRY_FRAMES = lines("""
    {capital} is the capital of {country}.
    The capital of {country} is {capital}.
    {country} is a country where people speak {language}.
    {capital} is a city where people speak {language}.
    {capital} is a city on {river}.
    {country} is a country that is famous for {dish}.
    {people} speak {language}, their country is {country}.
    {people} speak {language}, their capital is {capital}.
    {country} is proud of {sight} in the city of {capital}.
    The country of {country} is where {people} live.
    To see {sight}, go to {country}, to the city of {capital}.
    {country} and {capital} mean {sight} and sunsets over {river}.
    {season} the country of {country} treats its guests to {dish}.
    {season} the city of {capital} treats its guests to {dish}.
    {name} hears {language} on the streets of {capital}.
    {name} hears {language} on the roads of {country}.
    {name} opens an atlas: the country is {country}, the capital is {capital}.
    {name} asks the way in {language} in the city of {capital}.
    {name} learns {language} for a trip to {country}, to {capital}.
    {name} sends a postcard from {capital} in {country}.
    {name} knows that {capital} is in {country}.
    {name} draws a map: here is {country}, here is {capital}.
""")

ANIMALS = table("""
animal | baby     | home            | food    | voice
cat    | kitten   | on the sofa     | fish    | meows
dog    | puppy    | in the kennel   | meat    | barks
cow    | calf     | in the cowshed  | hay     | moos
horse  | foal     | in the stable   | oats    | neighs
sheep  | lamb     | in the fold     | clover  | bleats
duck   | duckling | on the pond     | algae   | quacks
hen    | chick    | in the henhouse | grain   | clucks
pig    | piglet   | in the pigsty   | acorns  | grunts
""")
ANIMAL_FRAMES = lines("""
    {when} the {animal} and the {baby} sleep {home}.
    The {baby} sleeps {home} beside its mother.
    {when} the grown {animal} eats {food}.
    The little {baby} eats {food} too.
    {when} the {animal} eats {food} and feeds her baby.
    {when} the little {baby} tastes {food}.
    The {animal} loudly {voice} {home}.
    The little {baby} hears how its mother {voice}.
    The {animal} has a baby, it is a {baby}.
    The {animal} {voice}, and the {baby} runs to her.
    {name} brings {food}, and the grown {animal} is glad.
    {name} brings {food}, and the little {baby} is glad.
    The {animal} is a grown animal, she lives {home}.
    The {baby} is a little baby, it lives {home}.
    {when} the grown {animal} rests {home}.
    {when} the little {baby} plays {home}.
    {name} sees that the {animal} {voice} and the {baby} is silent.
    {when} the {animal} calls her baby, and the {baby} runs to her.
""")

FRUIT = table("""
food
apples
pears
plums
cherries
lemons
""")
VEGETABLES = table("""
food
carrots
potatoes
onions
peppers
turnips
""")
DRINKS = table("""
food
tea
coffee
milk
juice
cocoa
""")
FRUIT_FRAMES = lines("""
    Ripe {food} and {fruit} hang in the garden.
    {name} gathers {food} in the garden.
    {name} picks {food} from the tree.
    On the branches there are ripe {food}.
    The sweet pie is made with {food} and {fruit}.
    {name} makes jam from {food} and sugar.
    Ripe {food} fall from the tree.
""")
VEGETABLE_FRAMES = lines("""
    In the vegetable bed grow {food} and {fresh}.
    {name} digs and waters the bed of {food}.
    {name} peels {food} and {fresh} for the soup.
    {name} chops {food} with a knife and adds salt.
    In the soup there are {food} and {fresh}.
    {name} plants {food} in the vegetable bed.
    The soup needs {food}, salt and water.
""")
DRINK_FRAMES = lines("""
    {name} drinks {food} from a cup.
    {name} pours {food} into a glass.
    In the cup there is a drink, it is {food}.
    {when} {name} drinks {food} or {drink}.
    On the table there are cups of {food} and {drink}.
    {name} pours {food} into the cups.
    {when} the café serves {food}.
""")

WORK = table("""
who       | place      | does                | needs
doctor    | hospital   | treats patients     | medicine
teacher   | school     | teaches pupils      | chalk
baker     | bakery     | bakes bread         | flour
singer    | theatre    | sings operas        | costumes
waiter    | restaurant | serves dishes       | trays
farmer    | farm       | grows wheat         | tractors
seller    | shop       | sells goods         | scales
scientist | laboratory | makes experiments   | microscopes
""")
WORK_FRAMES = lines("""
    The {place} is a place where the {who} {does}.
    {name} draws: here is the {place}, here is the {who}.
    {when} we go to the {place}, where the {who} {does}.
    {name} knows that the {who} needs {needs}.
    Round the corner stands the {place} with {needs}.
    {when} our skilled {who} came to work.
    {name} sees a building, it is the {place}.
    {name} says that our {who} is skilled.
    {name} looks for the building of the {place}.
    {when} our skilled {who} got a salary.
    {name} says that {who} is a useful profession.
    {when} the building of the {place} is open.
    {name} says that the {who} is at the {place}.
    {name} hurries to the {place} full of {needs}.
    The {who} has a profession, the {place} is a building.
""")

SEASONS = (
    (
        table("""
        month    | season
        December | winter
        January  | winter
        February | winter
        """),
        ("snow falls", "the frost is hard", "the river is frozen", "a blizzard blows"),
    ),
    (
        table("""
        month | season
        March | spring
        April | spring
        May   | spring
        """),
        ("birds sing", "the air gets warm", "the forest wakes", "the days grow"),
    ),
    (
        table("""
        month  | season
        June   | summer
        July   | summer
        August | summer
        """),
        ("it is hot", "the sun burns", "thunder rolls", "everybody swims"),
    ),
    (
        table("""
        month     | season
        September | autumn
        October   | autumn
        November  | autumn
        """),
        ("rain pours", "leaves fall", "a wind blows", "fog hangs low"),
    ),
)
YEAR_FRAMES = lines("""
    {month} is one of the {season} months, {weather}.
    The month of {month} has come: {weather}.
    It is {month}, {weather}.
    {season} is {month}, when {weather}.
    The time has come when {weather}: it is {month}.
    {name} waits for the month of {month} and looks at the calendar.
    {name} looks in the calendar for {month}.
    {name} likes the month of {month}, when {weather}.
    It is {season}, the month of {month}: {weather}.
    {name} remembers {month}: {weather}.
    In {season} comes the month of {month}, and {weather}.
    Here is {season}: {month}, {weather}.
    {name} says that {season} is {month}.
""")

COLOURS = table("""
colour | thing
white  | snow
black  | coal
red    | blood
green  | grass
blue   | the sky
yellow | a dandelion
grey   | ash
brown  | chocolate
""")
COLOUR_FRAMES = lines("""
    {name} draws {thing} with a {colour} pencil.
    {thing} is always {colour}.
    {name} has a {colour} {garment}.
    {name} puts on a {colour} {garment}.
    {name} buys a {colour} {garment}.
    In the wardrobe hangs a {colour} {garment}.
    {name} paints the fence {colour}.
    The {colour} {garment} lies on the shelf.
    {name} likes the colour {colour}, like {thing}.
    {name} loses the {colour} {garment}.
    We need a {colour} {garment}.
""")

# From least to most, three that have little of it and three that have much.
SCALES = (
    (("small", "smaller", "big", "bigger"), ("ant", "mouse", "hedgehog", "camel", "elephant", "whale")),
    (("slow", "slower", "fast", "faster"), ("snail", "donkey", "tram", "train", "plane", "rocket")),
    (("low", "lower", "high", "higher"), ("doorstep", "stool", "fence", "lighthouse", "skyscraper", "mountain")),
    (("short", "shorter", "long", "longer"), ("nail", "pencil", "spoon", "bus", "bridge", "canal")),
    (("light", "lighter", "heavy", "heavier"), ("feather", "letter", "tumbler", "piano", "lorry", "ship")),
)
# Whatever they are, they can be compared.
ANYTHING = (("first", "second"), ("left one", "right one"), ("old one", "new one"), ("one here", "one there"))
CROSS_FRAMES = lines("""
    The {low} is very {little}, but the {high} is very {much}.
    The {high} is very {much}, but the {low} is very {little}.
    {name} sees that the {low} is {little} and the {high} is {much}.
    The {high} is much {more} than the {low}.
    The {low} is much {less} than the {high}.
    {name} says that the {high} is much {more} and the {low} is {less}.
""")
LITTLE_FRAMES = lines("""
    The {high} is very {little}, but the {low} is even {less}.
    Though the {high} is very {little}, the {low} is much {less}.
    {name} knows that the {high} is {little} and the {low} is even {less}.
""")
MUCH_FRAMES = lines("""
    The {low} is very {much}, but the {high} is even {more}.
    Though the {low} is very {much}, the {high} is much {more}.
    {name} knows that the {low} is {much} and the {high} is even {more}.
""")

TOPICS = (
    Topic("countries", (Block(COUNTRIES, COUNTRY_FRAMES),), LISTS),
    Topic("family", by_pair(FAMILY, FAMILY_FRAMES, PERSON_FRAMES), LISTS),
    Topic("story", by_pair(STORY, STORY_FRAMES, PERSON_FRAMES), LISTS),
    Topic("animals", (Block(ANIMALS, ANIMAL_FRAMES),), LISTS),
    Topic(
        "food",
        (Block(FRUIT, FRUIT_FRAMES), Block(VEGETABLES, VEGETABLE_FRAMES), Block(DRINKS, DRINK_FRAMES)),
        LISTS | {"fruit": column(FRUIT, "food"), "fresh": column(VEGETABLES, "food"), "drink": column(DRINKS, "food")},
    ),
    Topic("work", (Block(WORK, WORK_FRAMES),), LISTS),
    Topic("year", tuple(Block(months, YEAR_FRAMES, {"weather": weather}) for months, weather in SEASONS), LISTS),
    Topic("colours", (Block(COLOURS, COLOUR_FRAMES),), LISTS),
    Topic("sizes", by_scale(SCALES, ANYTHING, CROSS_FRAMES, LITTLE_FRAMES, MUCH_FRAMES), LISTS),
)
