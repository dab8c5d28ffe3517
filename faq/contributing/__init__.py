"""Articles of people without an account (bài gửi cộng tác): sent, worked on, published or not (Quy chế Điều 20.2).

1. `sending.py`: the public form, its files and its receipt; `receiving.py` gives number and secret.
2. `handling.py`: the standing office asks back, declines it, puts it aside, or makes a draft of it (`drafting.py`).
3. The draft goes the way of every draft: two persons. `note_published` ends the article.
4. `following.py`: the sender sees where it stands by number and secret, answers, withdraws it.
"""
