import type { PlanningFile, PlanningFinding } from "./planning-finding.ts";
import { proseAndCode } from "./sections.ts";

const BACKEND = "(?:case|codex|pi|the candidate|the backend|it)";
const ACTIONS =
  "(?:push(?:es)?|merges?|deploy(?:s|ment)?|close[sd]?|pr open|issue close|publish(?:es)?|publication|core mutation|vendor(?:-source)? mutation|unowned (?:repository )?mutation)";

/** A way of speaking that turns planning into activation, promotion or permission. Matched without regard to case. */
interface LanguageRule {
  readonly pattern: RegExp;
  readonly expected: string;
}

const CANDIDATE = "candidate default only, not active";
const LANGUAGE_RULES: readonly LanguageRule[] = [
  {
    pattern: new RegExp(
      `\\b${BACKEND} (?:is|becomes|became|has become|will be|shall be|must be|should be|can be|may be|remains) (?:now |already |henceforth )?(?:the |a |our |an )?(?:new )?(?:default|active|activated|enabled|switched on|live)\\b`,
      "i",
    ),
    expected: CANDIDATE,
  },
  {
    pattern: new RegExp(
      `\\b(?:make|makes|making|set|sets|setting|switch|switches|switching|turn|turns|use|uses|select|selects|choose|chooses|activate|activates|enable|enables)\\b[^.;]{0,40}\\b${BACKEND}\\b[^.;]{0,20}\\b(?:as |to |on |by )?(?:the |our |a )?default\\b`,
      "i",
    ),
    expected: CANDIDATE,
  },
  {
    pattern: new RegExp(
      `\\b(?:activate|activates|enable|enables|switch on|turn on|roll out|rolls out) ${BACKEND}\\b`,
      "i",
    ),
    expected: CANDIDATE,
  },
  {
    pattern:
      /\b(?:candidate[- ]default|eligibility|the record) (?:is|becomes|means|implies|activates|enables) (?:now )?(?:active|activated|activation|enabled|in force|the default)\b/i,
    expected: CANDIDATE,
  },
  {
    pattern:
      /\bdefault backend (?:is|becomes|will be|switches to|changes to) (?:now )?(?:case|the candidate)\b/i,
    expected: CANDIDATE,
  },
  {
    pattern: /\b(?:is|are|was|were|has been|have been|becomes|will be|shall be) (?:now |hereby )?promoted\b/i,
    expected: "child-local planning, not promoted",
  },
  {
    pattern: /\b(?:promotes?|promoting) [^.;]{0,40}\b(?:in)?to core\b/i,
    expected: "child-local planning, not promoted",
  },
  {
    pattern:
      /\b(?:is|are|becomes|has|carries|holds) (?:now )?(?:an? )?(?:active )?core (?:protocol|authority|sot)\b/i,
    expected: "child-local planning, no Core authority",
  },
  {
    pattern: new RegExp(
      `\\b(?:may|can|shall|will|is allowed to|is authorized to|are authorized to) (?:now )?${ACTIONS}\\b`,
      "i",
    ),
    expected: "no push, merge, deploy, close, PR, publication or mutation of what is not owned",
  },
  {
    pattern: new RegExp(
      `\\b${ACTIONS} (?:is|are) (?:now |hereby )?(?:authorized|authorised|allowed|permitted|approved)\\b`,
      "i",
    ),
    expected: "no push, merge, deploy, close, PR, publication or mutation of what is not owned",
  },
  {
    pattern: new RegExp(`\\b(?:authorizes|authorises|permits|approves)\\b[^.;]{0,20}\\b${ACTIONS}\\b`, "i"),
    expected: "no push, merge, deploy, close, PR, publication or mutation of what is not owned",
  },
];

/** Words that turn a sentence into its refusal, when they stand before the matched words. */
const REFUSAL =
  /\b(?:no|not|never|nobody|nothing|none|neither|nor|cannot|refuses?|refused|forbids?|forbidden|only if|only after)\b/i;
/** Words between single spaces that begin a new statement, to which a refusal before them does not reach. */
const CLAUSES = /(?<=[.;:!?]) | (?:but|however|yet|instead|therefore|so that|and then) /i;

/**
 * Sentences that a reader could take for activation, promotion or permission. A lint of words, not a proof: it knows
 * the phrases listed here, and what it does not know it lets pass; the schemas of the records hold whatever is written.
 */
export function checkAuthorityLanguage({ file, text }: PlanningFile): PlanningFinding[] {
  return paragraphs(text).flatMap(({ sentence, line }) =>
    oneSpaced(sentence)
      .split(CLAUSES)
      .flatMap((clause) => {
        const words = oneSpaced(clause.replaceAll(/[`*_]/g, "")).trim();
        const rule = LANGUAGE_RULES.find(({ pattern }) => asserts(pattern, words));
        if (rule === undefined) return [];
        return [
          {
            code: "PLANNING_ACTIVATION_LANGUAGE",
            file,
            line,
            found: words,
            expected: rule.expected,
          } as const,
        ];
      }),
  );
}

/** Every run of white space as one space: what follows needs no pattern that could try a run from each of its places. */
const oneSpaced = (text: string): string => text.replaceAll(/\s+/g, " ");

function asserts(pattern: RegExp, words: string): boolean {
  const match = pattern.exec(words);
  return match !== null && !REFUSAL.test(words.slice(0, match.index + match[0].length));
}

/** Prose by paragraph or list item, joined over line breaks, so that a phrase broken over two lines is seen. */
function paragraphs(text: string): { sentence: string; line: number }[] {
  const found: { sentence: string; line: number }[] = [];
  let open = false;
  for (const { text: content, line, fenced } of proseAndCode(text)) {
    const item = /^\s*(?:[-*+]|[0-9]+\.)\s+/.test(content) || /^(?:#|\||>)/.test(content);
    if (fenced || content.trim() === "") open = false;
    else if (open && !item) {
      const last = found.at(-1);
      if (last !== undefined) last.sentence += ` ${content.trim()}`;
    } else {
      found.push({ sentence: content.replace(/^\s*(?:[-*+#>|]+|[0-9]+\.)\s*/, "").trim(), line });
      open = !content.startsWith("#") && !content.startsWith("|");
    }
  }
  return found;
}
