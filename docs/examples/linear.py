#!/usr/bin/env python3
"""A negotiator for goodoffices that concedes in a straight line.

    goodoffices simulate CASE --strategy iran="outside:python3 linear.py"

It reads one JSON object a line and answers each "ask" with one line. docs/formats/outside.md
describes the messages. Nothing but the standard library is needed.
"""
import itertools
import json
import sys


def holds(table, outcome):
    return [outcome[i] for i in table["issues"]] in table["options"]


class Linear:
    def __init__(self, start):
        self.me = start["seat"]
        self.scores = start["scores"]
        self.adjustments = start.get("adjustments", [])
        self.no_deal = start.get("no_deal")
        self.forbidden = start["requires"] + start.get("red_lines", [])
        if start.get("mandate"):
            self.forbidden.append(start["mandate"])
        # This example lists every package, which suits small cases only.
        options = [range(issue["options"]) for issue in start["issues"]]
        packages = [list(p) for p in itertools.product(*options)]
        self.packages = sorted((p for p in packages if self.may(p)), key=self.worth, reverse=True)

    def worth(self, outcome):
        total = sum(self.scores[i][o] for i, o in enumerate(outcome))
        return total + sum(a["add"] for a in self.adjustments if holds(a["when"], outcome))

    def may(self, outcome):
        if any(holds(t, outcome) for t in self.forbidden):
            return False
        return self.no_deal is None or self.worth(outcome) >= self.no_deal

    def target(self, ask):
        best, least = self.worth(self.packages[0]), self.worth(self.packages[-1])
        rounds = ask["rounds"] or 100
        done = min(1, (ask["round"] - 1) / max(1, rounds - 1))
        return best - done * (best - least)

    def move(self, ask):
        if not self.packages:
            return {"move": "silence"}
        asked, standing = ask["asked"], ask["standing"]
        target = self.target(ask)
        good = lambda o: self.may(o) and self.worth(o) >= target
        if "accept" in asked and standing is not None and good(standing):
            return {"move": "accept"}
        if "offer" in asked:
            offer = [p for p in self.packages if self.worth(p) >= target][-1]
            return {"move": "offer", "outcome": offer}
        if "vote" in asked:
            return {"move": "vote", "votes": [i for i, o in enumerate(ask["offers"]) if good(o["outcome"])]}
        if "criticise" in asked:
            text = ask["offers"][0]["outcome"] if ask["offers"] else None
            better = self.may(standing) and (text is None or self.worth(standing) >= self.worth(text))
            return {"move": "criticise", "answer": "yes" if better else "no"}
        if "answer" in asked:
            return {"move": "answer", "answer": "yes" if good(standing) else "no"}
        return {"move": asked[-1] if asked[-1] in ("reject", "disclose") else "silence"}


def main():
    player = None
    for line in sys.stdin:
        message = json.loads(line)
        if "start" in message:
            player = Linear(message["start"])
        else:
            print(json.dumps(player.move(message["ask"])), flush=True)


if __name__ == "__main__":
    main()
