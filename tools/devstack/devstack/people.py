"""The cast of the demonstration, whom one can also sign in as in the web app, and a class that sits beside them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Person:
    id: str
    name: str
    role: str
    note: str


INSTRUCTOR = Person("ines", "Ines", "instructor", "owns the course, uploads, sees the dashboard")
HONEST = Person("hana", "Hana", "learner", "watches every second")
SKIPPER = Person("sami", "Sami", "learner", "skips to the end")
STRANGER = Person("otto", "Otto", "learner", "is not enrolled")
ADMIN = Person("ada", "Ada", "admin", "may do everything")
EVERYBODY = (INSTRUCTOR, HONEST, SKIPPER, STRANGER, ADMIN)

CLASS = tuple(
    Person(name.lower(), name, "learner", "sits in the class")
    for name in (
        *("Aiko", "Amir", "Bea", "Carlos", "Dana", "Emil", "Farah", "Goran", "Ida", "Jonas", "Kofi", "Lena"),
        *("Malik", "Nora", "Omar", "Petra", "Quentin", "Rosa", "Selin", "Tariq", "Uma", "Viktor", "Wanda", "Yusuf"),
    )
)
"""Those who give a dashboard something to show. Nobody signs in as one of them."""
