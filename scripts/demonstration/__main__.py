"""Creates the content of `story.py` on a running stack: `python3 scripts/demonstration RUN.JSON FOLDER`."""

import json
import sys
from pathlib import Path

from client import Client, Refused
from story import PASSWORD, PEOPLE, POSTS, Person, Said, Told


def main() -> None:
    told = json.loads(Path(sys.argv[1]).read_text())
    files = Path(sys.argv[2])
    clients = {}
    for person in PEOPLE:
        client = Client(told["api_url"])
        join(client, person, files)
        clients[person.username] = client
    last = POSTS[-1]
    told_before = clients[last.who].call("GET", f"/users/{last.who}/posts?limit=100")["items"]
    if any(post["text"] == last.text for post in told_before):
        say("the demonstration was played here before; nothing was added")
    else:
        play(clients, files)
    print(f"{told['api_url']} – sign in as {PEOPLE[0].username}, password: {PASSWORD}")


def join(client: Client, person: Person, files: Path) -> None:
    """Signs in users that exist already, so that an interrupted demonstration can continue."""
    fields = {
        "username": person.username,
        "email": f"{person.username}@example.org",
        "password": PASSWORD,
        "first_name": person.first_name,
        "last_name": person.last_name,
    }
    try:
        client.send_form("POST", "/users", fields, files / f"face-{person.username}.jpg")
    except Refused as refused:
        if refused.status != 409:
            raise
    signed_in = client.call("POST", "/sessions", {"login": person.username, "password": PASSWORD})
    client.token = signed_in["access_token"]
    client.call("PATCH", "/me", {"bio": person.bio})
    client.send_form("PUT", "/me/cover", {}, files / person.cover)
    say(f"{person.username} has joined")


def play(clients: dict[str, Client], files: Path) -> None:
    for person in PEOPLE:
        for followee in person.follows:
            clients[person.username].call("PUT", f"/users/{followee}/follow")
    for post in POSTS:
        tell(clients, post, files)
        say(f"{post.who}: {post.text}")


def tell(clients: dict[str, Client], post: Told, files: Path) -> None:
    author = clients[post.who]
    told_before = author.call("GET", f"/users/{post.who}/posts?limit=100")["items"]
    found = [one["id"] for one in told_before if one["text"] == post.text]
    if found:
        post_id = found[0]
    else:
        media = [{"upload_id": author.upload(files / name), "alt": alt} for name, alt in post.media]
        body = {"text": post.text, "visibility": post.visibility, "media": media}
        post_id = author.call("POST", "/posts", body)["id"]
    for username in post.liked_by:
        clients[username].call("PUT", f"/posts/{post_id}/like")
    if not author.call("GET", f"/posts/{post_id}")["comments_count"]:
        for said in post.comments:
            comment(clients, post_id, said, None)


def comment(clients: dict[str, Client], post_id: str, said: Said, parent_id: str | None) -> None:
    body = {"text": said.text} | ({"parent_id": parent_id} if parent_id else {})
    own_id = clients[said.who].call("POST", f"/posts/{post_id}/comments", body)["id"]
    for reply in said.replies:
        comment(clients, post_id, reply, own_id)


def say(text: str) -> None:
    print(f"pawl: {text}", file=sys.stderr)


main()
