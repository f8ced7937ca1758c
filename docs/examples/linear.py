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
        self.issues = start["issues"]
        self.settled = None
        self.later = set(range(len(self.issues)))  # issues of files not yet opened
        self.packages = self.rank([range(issue["options"]) for issue in self.issues])

    def rank(self, options):
        # This example lists every package, which suits small cases only.
        packages = [list(p) for p in itertools.product(*options)]
        return sorted((p for p in packages if self.may(p)), key=self.worth, reverse=True)

    def turn_to(self, settled):
        """Talks file by file: only issues that are -1 in settled may be changed now."""
        self.settled = settled
        self.later -= {i for i, o in enumerate(settled) if o < 0}
        options = [[o] if o >= 0 else range(issue["options"]) for o, issue in zip(settled, self.issues)]
        self.packages = self.rank(options)
        if not self.packages and -1 in settled:
            # A file need not be worth a deal by itself, nor meet conditions on files to come.
            kept = self.forbidden, self.no_deal
            self.no_deal = None
            self.packages = self.rank(options)
            if not self.packages:
                self.forbidden = [t for t in self.forbidden if not self.later & set(t["issues"])]
                self.packages = self.rank(options)
            self.forbidden, self.no_deal = kept

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
        if ask["settled"] is not None and ask["settled"] != self.settled:
            self.turn_to(ask["settled"])
        if not self.packages:
            return {"move": "reject" if "reject" in ask["asked"] else "silence"}
        asked, standing = ask["asked"], ask["standing"]
        target = self.target(ask)
        good = lambda o: o in self.packages and self.worth(o) >= target
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
