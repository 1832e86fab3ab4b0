// What a stranger would write first; the pack check compiles and runs it against the installed tarballs.
import * as evidenceInterface from "@stage6/evidence-interface";

console.log(`evidence-interface exports ${Object.keys(evidenceInterface).length} names`);
