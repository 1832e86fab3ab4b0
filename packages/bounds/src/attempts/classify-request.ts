import type { ForbiddenAction } from "@stage6/evidence-interface";
import { classifyHttp } from "./classify-http.ts";

/** Actions tried with curl or wget against the web interface of a hosting service. */
export function classifyRequest(tool: string, args: readonly string[]): ForbiddenAction | null {
  if (tool !== "curl" && tool !== "wget") return null;
  let method: string | null = null;
  const body: string[] = [];
  for (let at = 0; at < args.length; at += 1) {
    const match =
      /^(-X|--request|--method|-d|--data(?:-[a-z]+)?|--json|--post-data|--body-data)(?:=(.*))?$/su.exec(
        args[at] ?? "",
      );
    const attached = /^-(X|d)(.+)$/su.exec(args[at] ?? "");
    const [flag, value] =
      match === null ? [attached?.[1], attached?.[2]] : [match[1], match[2] ?? args[at + 1] ?? ""];
    if (flag === undefined || value === undefined) continue;
    if (/^(?:-?X|--request|--method)$/u.test(flag)) method = value;
    else body.push(value);
  }
  const verb = method ?? (body.length > 0 ? "POST" : "GET");
  for (const url of args.filter((arg) => /^https?:\/\//iu.test(arg))) {
    const action = classifyHttp(verb, url, body.join("&"));
    if (action !== null) return action;
  }
  return null;
}
