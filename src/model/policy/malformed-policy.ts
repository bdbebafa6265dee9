/** What is wrong with a policy document, in IAM's words. The service that was handed the document says it in its own fault. */

export class MalformedPolicy extends Error {
  override readonly name = 'MalformedPolicy'
}

/** AWS: two parsers read policies, those of principals and those of resources, and each has its own words. */
export interface Sentences {
  readonly notJson: string
  readonly syntax: string
  readonly version: string
  readonly noStatement: string
  readonly repeatedSid: string
  readonly noEffect: string
  readonly noAction: string
  readonly unknownMember: (name: string) => string
  readonly effect: (effect: string) => string
}

const SYNTAX = 'Syntax errors in policy.'

export const IDENTITY_SENTENCES: Sentences = {
  notJson: SYNTAX,
  syntax: SYNTAX,
  version: SYNTAX,
  noStatement: SYNTAX,
  repeatedSid: 'Statement IDs (SID) in a single policy must be unique.',
  noEffect: SYNTAX,
  noAction: 'Policy statement must contain actions.',
  unknownMember: () => SYNTAX,
  // AWS: `allow` passes the first of two looks at the document.
  effect: (effect) => (/^(?:allow|deny)$/i.test(effect) ? LEGACY_PARSING : SYNTAX),
}

export const RESOURCE_SENTENCES: Sentences = {
  notJson: 'This policy contains invalid Json',
  syntax: 'Syntax error in policy.',
  version: 'The policy must contain a valid version string',
  noStatement: 'Could not parse the policy: Statement is empty!',
  repeatedSid: 'The Statement Ids in the policy are not unique',
  noEffect: 'Missing required field Effect',
  noAction: 'Missing required field Action',
  unknownMember: (name) => `Unknown field ${name}`,
  effect: (effect) => `Invalid effect: ${effect}`,
}

export const OLD_VERSION = 'Policy document must be version 2012-10-17 or greater.'
export const LEGACY_PARSING = 'The policy failed legacy parsing'
export const NO_RESOURCES = 'Policy statement must contain resources.'
export const SID_CHARACTERS =
  'Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*'
export const NO_VENDOR = 'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.'
export const TWO_COLONS = 'Actions/Condition can contain only one colon.'
export const VAGUE_RESOURCE_VENDOR = 'Resource vendor must be fully qualified and cannot contain regexes.'
export const UNWANTED_PRINCIPAL = 'Policy document should not specify a principal.'
export const NO_PRINCIPAL = 'Missing required field Principal'
export const EMPTY_PRINCIPAL = 'Missing required field Principal cannot be empty!'
export const PRINCIPAL_NOT_OBJECT = 'Principal must be a JSON object.'
export const ALLOWED_NOT_PRINCIPAL = 'Allow with NotPrincipal is not allowed.'
export const TRUSTED_NOT_PRINCIPAL = 'AssumeRole policy must not contain NotPrincipal field.'
export const NOT_STS = 'AssumeRole policy may only specify STS AssumeRole actions.'
export const PROHIBITED_RESOURCE = 'Has prohibited field Resource'
export const PROHIBITED_NOT_RESOURCE = 'AssumeRole policy must not contain resources.'
