"""People of the English half of the small world: a family, and those in a tale."""

from __future__ import annotations

from core.data.grammar import lines, table

FAMILY = table("""
gender | who         | pair
m      | father      | parents
f      | mother      | parents
m      | brother     | siblings
f      | sister      | siblings
m      | grandfather | grandparents
f      | grandmother | grandparents
m      | uncle       | uncles
f      | aunt        | uncles
m      | son         | children
f      | daughter    | children
""")
PERSON_FRAMES = lines("""
    {when} the {who} put on [his jacket and tie|her dress and beads].
    {when} the {who} bought [himself a new tie|herself new beads].
    The {who} said that [he was busy|she was busy].
    {when} the {who} said [he was tired and went to his room|she was tired and went to her room].
    The {who} cooked {dish} [himself|herself].
    The {who} lost [his umbrella, and he got wet|her umbrella, and she got wet].
    {when} the {who} [sang, he was glad|sang, she was glad].
""")
FAMILY_FRAMES = {
    "parents": lines("""
        {when} the {who} took the children to school.
        {when} the {who} taught the children to speak and read.
        {when} the {who} called the children to the table.
        {when} the {who} went to the school meeting.
        {when} the {who} fed the children and put them to bed.
        The {who} checked the homework of the children.
    """),
    "siblings": lines("""
        My {who} shared a room and toys with me.
        {when} my {who} took my toys without asking.
        {when} my {who} quarrelled with me and hid my toys.
        {when} my {who} went to the skating rink with me.
        {when} my {who} played with me in our room.
        My {who} and I have one room and many toys.
    """),
    "grandparents": lines("""
        {when} the {who} told the grandchildren a tale.
        {when} the {who} got a pension and called the grandchildren.
        The {who} looked for glasses, and the grandchildren found them.
        {when} the {who} put on glasses and read to the grandchildren.
        {when} the {who} remembered youth, and the grandchildren listened.
        The {who} lives on a pension and often sees the grandchildren.
    """),
    "uncles": lines("""
        {when} the {who} came to visit and hugged the nephews.
        {when} the {who} brought the nephews some presents.
        The {who} lived far away but wrote to the nephews.
        {when} the {who} came to visit with presents.
        {when} the {who} invited the nephews for a visit.
        The {who} loved the nephews and often gave them presents.
    """),
    "children": lines("""
        The {who} obeyed the parents and grew up.
        {when} the {who} helped the parents about the house.
        The {who} grew up and left the parents.
        {when} the {who} studied and made the parents happy.
        {when} the {who} rang up the parents, they were worried.
        The parents have a {who} who grew up.
    """),
}

STORY = table("""
gender | who      | pair
m      | king     | throne
f      | queen    | throne
m      | prince   | castle
f      | princess | castle
m      | man      | town
f      | woman    | town
m      | boy      | yard
f      | girl     | yard
m      | wizard   | magic
f      | witch    | magic
""")
STORY_FRAMES = {
    "throne": lines("""
        {when} the {who} sat on the throne and put on the crown.
        {when} the {who} ruled the land from the palace.
        {when} the {who} took off the crown and left the palace.
        {when} the {who} signed a law and rose from the throne.
        The {who} received ambassadors in the palace.
        The {who} is on the throne and wears a crown.
    """),
    "castle": lines("""
        The {who} lived in a castle and feared the dragon.
        {when} the {who} danced at the ball in the castle.
        {when} the {who} saw the dragon and fled to the castle.
        {when} the {who} waited for the ball and the wedding.
        {when} the {who} watched the dragon from the castle.
        The {who} is in the castle, the dragon is at the gate.
    """),
    "town": lines("""
        {when} the {who} went to work by underground.
        The {who} worked in an office and paid the rent.
        {when} the {who} hurried to work at the office.
        {when} the {who} drove a car and listened to the news.
        {when} the {who} came from work and rang the office.
        In the underground the {who} reads the news.
    """),
    "yard": lines("""
        {when} the {who} played with a ball in the yard.
        {when} the {who} sat on the swing and ate ice cream.
        {when} the {who} rode a scooter in the yard.
        The {who} dropped the ice cream and cried.
        {when} the {who} ran about the yard with a ball.
        In the yard there are a {who}, a ball and a swing.
    """),
    "magic": lines("""
        {when} the {who} brewed a magic potion.
        {when} the {who} read a spell and vanished.
        The {who} raised a wand, and the potion boiled.
        {when} the {who} looked in the book for a spell.
        {when} the {who} stirred the potion and whispered a spell.
        The {who} has a potion and an old magic wand.
    """),
}
