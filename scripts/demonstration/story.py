"""The users of the demonstration, their posts and their comments."""

from dataclasses import dataclass, field

PASSWORD = "a lantern in the orchard"


@dataclass
class Person:
    username: str
    first_name: str
    last_name: str
    bio: str
    cover: str
    follows: list[str]


@dataclass
class Said:
    """A comment and its replies."""

    who: str
    text: str
    replies: list["Said"] = field(default_factory=list)


@dataclass
class Told:
    """A post with its files, each with an alternative text."""

    who: str
    text: str
    media: list[tuple[str, str]] = field(default_factory=list)
    visibility: str = "public"
    liked_by: list[str] = field(default_factory=list)
    comments: list[Said] = field(default_factory=list)


PEOPLE = [
    Person("mira", "Mira", "Holm", "Walks, films, and the odd bird.", "meadow.jpg", ["tomas", "yuki", "amara"]),
    Person("tomas", "Tomás", "Ribeiro", "Light, mostly in the morning.", "morning.jpg", ["mira", "amara"]),
    Person("yuki", "Yuki", "Arai", "I draw what the camera missed.", "sketch.jpg", ["mira", "tomas", "jonas"]),
    Person("amara", "Amara", "Diallo", "Sound recordist. Listen first.", "dusk.jpg", ["mira", "yuki"]),
    Person("jonas", "Jonas", "Keller", "New here.", "tree.jpg", ["mira"]),
]

# The oldest first.
POSTS = [
    Told(
        "tomas",
        "Up before the sun. Worth it.",
        [("morning.jpg", "A rabbit stretches in warm morning light"), ("meadow.jpg", "The same rabbit, half out of its burrow")],
        liked_by=["mira", "amara", "yuki"],
        comments=[
            Said("mira", "The second one! Look at those ears.", [Said("tomas", "They did all the work.")]),
            Said("amara", "I can hear this picture."),
        ],
    ),
    Told("amara", "Does anyone know a quiet place within an hour of town? Really quiet, no road.",
         liked_by=["yuki"],
         comments=[
             Said("mira", "The old quarry, on weekdays.",
                  [Said("amara", "How early?", [Said("mira", "Six. Bring tea.", [Said("amara", "Deal.")])])]),
             Said("tomas", "Nothing north of the river, I tried."),
         ]),
    Told(
        "mira",
        "Five seconds of the walk, uncut. Sound on.",
        [("walk.mp4", "A rabbit comes out of its burrow into a meadow")],
        liked_by=["tomas", "yuki", "amara", "jonas"],
        comments=[
            Said("yuki", "He looks as if he had overslept.", [Said("jonas", "Relatable.")]),
            Said("tomas", "What did you film this with?", [Said("mira", "Patience.")]),
        ],
    ),
    Told("yuki", "Lines first, colour later.", [("sketch.jpg", "The rabbit before its burrow, in black outlines on white")],
         liked_by=["mira", "jonas"], comments=[Said("jonas", "How do you choose what to leave out?")]),
    Told("mira", "Only for those who follow me: I am moving the studio next month.", visibility="followers",
         liked_by=["tomas"], comments=[Said("tomas", "Closer, I hope.")]),
    Told("jonas", "Hello. I hear that there are rabbits here.",
         [("close.jpg", "A rabbit, quite close"), ("tree.jpg", "The burrow under a tree"),
          ("upright.mp4", "Three seconds of the rabbit, upright")],
         liked_by=["mira"], comments=[Said("mira", "Welcome! There are.")]),
    Told("amara", "Dusk. The microphone fell asleep before I did.", [("dusk.jpg", "The rabbit yawns at dusk, all in blue")],
         liked_by=["mira", "tomas", "jonas"]),
]
