import { integerFrom, type Option } from "@idgan/core";

/** Images that the scores of codes one by one are made from. */
export const images: Option<number> = { doc: "Images that each source makes and the encoder reads.", format: integerFrom(2), default: 10_000 };
