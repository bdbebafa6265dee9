/**
 * AWS: the policy of a resource means the very user or role that it names. It follows one that is renamed; of one that is deleted the
 * unique id is left, which nobody has who is made later under the same name.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-roles
 */

/** As much of a document as matters here; that it is one was checked when it was stored. */
interface Document {
  readonly Statement: Statement | readonly Statement[]
}

interface Statement {
  readonly Principal?: PrincipalElement
  readonly NotPrincipal?: PrincipalElement
}

type PrincipalElement = string | { AWS?: string | readonly string[] }

/** The document with `after` wherever it names the principal `before`; the same text if it does not. Both are ARNs or unique ids. */
export const replacePrincipal = (document: string, before: string, after: string): string => {
  // In JSON, a text without a backslash stands as it is.
  if (!document.includes(before) && !document.includes('\\')) return document
  const parsed = JSON.parse(document) as Document
  const elements = [parsed.Statement].flat().flatMap(({ Principal, NotPrincipal }) => [Principal, NotPrincipal])
  const replaced = elements.map((element) => replaceIn(element, before, after))
  return replaced.includes(true) ? JSON.stringify(parsed) : document
}

/** Whether the element named `before`. */
const replaceIn = (element: PrincipalElement | undefined, before: string, after: string): boolean => {
  if (typeof element !== 'object' || element.AWS === undefined) return false
  const names = [element.AWS].flat()
  if (!names.includes(before)) return false
  const others = names.map((name) => (name === before ? after : name))
  element.AWS = typeof element.AWS === 'string' ? after : others
  return true
}
