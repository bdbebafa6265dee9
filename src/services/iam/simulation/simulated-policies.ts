/** The policies that simulations go by, and how requests bring them. */
import type { PolicySourceType } from '@aws-sdk/client-iam'
import type { DocumentKind, PolicyDocument } from '../../../model/policy/document.ts'
import { MalformedPolicy } from '../../../model/policy/malformed-policy.ts'
import { parsePolicyDocument } from '../../../model/policy/parse.ts'
import { invalidInput } from '../faults.ts'
import { POLICY_DOCUMENT, refuse, violationsOfEach } from '../rules.ts'

export interface SimulatedPolicy {
  /** As answers name it. */
  readonly sourceId: string
  // AWS: answers have texts such as `IAM Policy` here, which are not among those that its model states.
  readonly sourceType: PolicySourceType
  readonly document: PolicyDocument
}

export interface SimulatedPolicies {
  readonly identity: readonly SimulatedPolicy[]
  readonly boundary?: SimulatedPolicy | undefined
  /** Service control policies: those of the organization's root, then of each unit down to the account. All levels must allow. */
  readonly organization?: readonly (readonly SimulatedPolicy[])[] | undefined
}

/** A document that a request brings; `member` names it in the fault. */
export const readInput = (text: string, kind: DocumentKind, member: string): PolicyDocument => {
  try {
    return parsePolicyDocument(text, kind)
  } catch (error) {
    if (error instanceof MalformedPolicy) throw invalidInput(`${member} is not a valid policy: ${error.message}`)
    throw error
  }
}

/** Policies that a request brings, named as AWS names them: by their place in the list, from 1. */
export const policiesOfInput = (texts: readonly string[] | undefined, member: string): SimulatedPolicy[] => {
  const given = texts ?? []
  refuse(violationsOfEach(member.charAt(0).toLowerCase() + member.slice(1), POLICY_DOCUMENT, given))
  return given.map((text, index) => {
    const sourceId = `${member}.${index + 1}`
    return { sourceId, sourceType: 'none', document: readInput(text, 'identity', sourceId) }
  })
}

/** The one boundary that a request may bring. */
export const boundaryOfInput = (texts: readonly string[] | undefined): SimulatedPolicy | undefined => {
  const [boundary, ...others] = policiesOfInput(texts, 'PermissionsBoundaryPolicyInputList')
  if (others.length > 0) throw invalidInput('PermissionsBoundaryPolicyInputList can have one policy only.')
  return boundary
}
