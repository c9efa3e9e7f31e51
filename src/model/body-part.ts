/**
 * What a stored body is made of: texts by their hash, and glue, which is what stands between two of them.
 *
 * Commas, brackets and white space are kept as they are, because a name would be longer. Nothing that anybody has said
 * is only that, and no hash looks like it.
 */
export type BodyPart = string;

const GLUE = /^[\s,[\]{}]{1,64}$/;

export function isGlue(text: BodyPart): boolean {
  return GLUE.test(text);
}
