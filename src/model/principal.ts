/**
 * Who makes a call. The root user and IAM users sign with long-lived keys; a session signs with temporary credentials, which carry
 * everything that is known of it, so that any replica can tell without a table.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
import { parseArn } from './arn.ts'
import type { Tag } from './records.ts'

export interface Principal {
  /** `arn:aws:iam::<account>:root`, `…:user/<path><name>`, or `arn:aws:sts::<account>:assumed-role/<role>/<session>`. */
  readonly arn: string
  readonly account: string
  /** As GetCallerIdentity says it: the account's number for the root user, `AIDA…`, or `AROA…:<session>`. */
  readonly userId: string
  readonly accessKeyId: string
  /** Of temporary credentials only. */
  readonly session?: Session
}

/** What temporary credentials carry. Times are milliseconds since the epoch. */
export interface Session {
  /** ARN of the role or user whose permissions the session has at most. */
  readonly issuerArn: string
  /** Unique id of the issuer, of federated users only: that of everyone else begins with it. */
  readonly issuerId?: string
  readonly issuedAt: number
  readonly expiresAt: number
  /** Inline session policies, as JSON: the session may do no more than they allow. */
  readonly policies?: readonly string[]
  /** ARNs of managed session policies. */
  readonly policyArns?: readonly string[]
  /** `aws:PrincipalTag/…`, laid over the tags of the issuer. */
  readonly tags?: readonly Tag[]
  readonly transitiveTagKeys?: readonly string[]
  readonly sourceIdentity?: string
  /** `aws:FederatedProvider`: the OIDC provider that vouched for the session. */
  readonly federatedProvider?: string
  readonly isMfaAuthenticated?: boolean
  /** The task whose role or execution role it is; its credentials end with the task. */
  readonly taskArn?: string
  /** The machine that joined by an activation and has these credentials; they end when it is deregistered. */
  readonly managedInstanceId?: string
}

/** The root user of an account; IAM sets no limit to it. */
export const isRoot = ({ arn, session }: Principal): boolean =>
  session === undefined && parseArn(arn)?.resource === 'root'

/** Whoever calls an operation that needs no signature. It is nobody to policies. */
export const anonymous = (account: string): Principal => ({
  arn: 'anonymous',
  account,
  userId: 'anonymous',
  accessKeyId: '',
})

export const isAnonymous = ({ arn }: Principal): boolean => arn === anonymous('').arn

/** Temporary credentials as a client gets them. */
export interface TemporaryCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
}

/** Makes temporary credentials and recognises its own. */
export interface SessionTokens {
  /** Credentials of a session, good until its `expiresAt`. The token has at least as many bytes as are asked for. */
  issue(principal: SessionPrincipal, minimumTokenBytes?: number): TemporaryCredentials
  /** What a token carries, expired or not; undefined if it was not issued here for that key. */
  open(accessKeyId: string, sessionToken: string): OpenedSession | undefined
}

export type SessionPrincipal = Omit<Principal, 'accessKeyId'> & { readonly session: Session }

export interface OpenedSession {
  readonly principal: SessionPrincipal & { readonly accessKeyId: string }
  readonly secretAccessKey: string
}
