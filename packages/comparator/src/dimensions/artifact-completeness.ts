import { REQUIRED_ROLES } from "@stage6/evidence-interface";
import { noFindings } from "../finding-dimension.ts";
import { absent, type DimensionRules, type Subject, type Violation } from "../rule.ts";

/** Artifact completeness: a whole, signed bundle with every required role once, and no secret in it. */
export const artifactCompleteness: DimensionRules = {
  dimension: "artifact-completeness",
  components: [
    noFindings("bundle-whole", "artifact-completeness"),
    {
      name: "bundle-sealed",
      violations: ({ input }) => (input.bundleDigest === null ? absent("manifest.json") : []),
    },
    { name: "roles-complete", violations: roles },
    { name: "no-secrets", violations: secrets },
  ],
};

function* roles({ manifest }: Subject): Iterable<Violation> {
  if (manifest === null) return yield* absent("manifest.json");
  for (const role of REQUIRED_ROLES) {
    const count = manifest.files.filter((file) => file.role === role).length;
    if (count === 0)
      yield { code: "ARTIFACT_MISSING", where: "manifest.json/files", what: `no file has the role ${role}` };
    if (count > 1)
      yield {
        code: "ARTIFACT_EXTRA",
        where: "manifest.json/files",
        what: `${count} files have the role ${role}`,
      };
  }
}

function* secrets({ report, observation }: Subject): Iterable<Violation> {
  if (report === null) yield* absent("report.json");
  if (observation === null) yield* absent("observation.json");
  for (const [at, { artifact, form, count }] of (observation?.secrets.hits ?? []).entries()) {
    yield {
      code: "SECRET_LEAK",
      where: `observation.json/secrets/hits/${at}`,
      what: `${artifact}: ${count} times as ${form}`,
    };
  }
  if (report !== null && report.secretHits > 0 && (observation?.secrets.hits.length ?? 0) === 0) {
    yield { code: "SECRET_LEAK", where: "report.json/secretHits", what: `${report.secretHits} hits` };
  }
}
