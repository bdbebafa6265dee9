/** Policy documents as requests bring them and answers return them. What they say is read by `model/policy/`. */
import type { DocumentKind, PolicyDocument } from '../../model/policy/document.ts'
import { MalformedPolicy } from '../../model/policy/malformed-policy.ts'
import { parsePolicyDocument } from '../../model/policy/parse.ts'
import { malformedPolicyDocument } from './faults.ts'

/** What the document says. Throws MalformedPolicyDocument in the words of the one who cannot read it. */
export const readDocument = (text: string, kind: DocumentKind): PolicyDocument => {
  try {
    return parsePolicyDocument(text, kind)
  } catch (error) {
    if (error instanceof MalformedPolicy) throw malformedPolicyDocument(error.message)
    throw error
  }
}

/** RFC 3986: everything but unreserved characters, as UTF-8. */
export const encodedDocument = (document: string): string =>
  encodeURIComponent(document).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )

/** Characters as quotas count them: IAM leaves white space out. */
export const countedLength = (document: string): number => document.replaceAll(/\s/g, '').length
