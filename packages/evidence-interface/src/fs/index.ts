export { rootLayout, trialPath, type RootLayout } from "./layout.ts";
export { readChunks, readHashed, readSmallFile } from "./hash-file.ts";
export { entriesOf, errorCode, listFiles } from "./list-files.ts";
export { inFolder } from "./in-folder.ts";
export { readBundle, type ReadBundleOptions } from "./read-bundle.ts";
export { SealError, sealBundle, syncPath, type SealInput, type StagedRole } from "./write-bundle.ts";
export { HeldFolder, ownUid, type FileRules, type HoldOptions } from "./held-folder.ts";
export { listHeldFiles, type ListLimits, type Refused } from "./list-held-files.ts";
export { UnsafeFileError, type UnsafeFileCode } from "./unsafe-file-error.ts";
