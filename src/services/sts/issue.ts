/** The answer with which every operation hands out temporary credentials. */
import { deflateRawSync } from 'node:zlib'
import type { AssumeRoleResponse } from '@aws-sdk/client-sts'
import { dateOf } from '../../kit/timestamps.ts'
import { PACKED_SESSION_BYTES, SESSION_TOKEN_BYTES } from '../../model/limits.ts'
import type { Session, SessionPrincipal } from '../../model/principal.ts'
import type { StsContext } from './context.ts'
import { packedPolicyTooLarge } from './faults.ts'

export type IssuedCredentials = Pick<
  AssumeRoleResponse,
  'Credentials' | 'PackedPolicySize' | 'SessionTokenSize' | 'SessionTokenUtilization'
>

interface IssueRequest {
  readonly MinimumSessionTokenSize?: number | undefined
}

/** Throws if policies and tags of the session take too much room. */
export const issue = (
  { sessions }: StsContext,
  principal: SessionPrincipal,
  { MinimumSessionTokenSize: minimumBytes }: IssueRequest,
): IssuedCredentials => {
  const packedPercent = packedPercentOf(principal.session)
  const { accessKeyId, secretAccessKey, sessionToken, expiresAt } = sessions.issue(principal, minimumBytes)
  return {
    Credentials: {
      AccessKeyId: accessKeyId,
      SecretAccessKey: secretAccessKey,
      SessionToken: sessionToken,
      Expiration: dateOf(expiresAt),
    },
    ...(packedPercent > 0 && { PackedPolicySize: packedPercent }),
    SessionTokenSize: sessionToken.length,
    SessionTokenUtilization: Math.ceil((100 * sessionToken.length) / SESSION_TOKEN_BYTES),
  }
}

/** AWS: times of credentials are whole seconds. */
export const sessionTimes = (now: number, durationSeconds: number): Pick<Session, 'issuedAt' | 'expiresAt'> => {
  const issuedAt = Math.floor(now / 1000) * 1000
  return { issuedAt, expiresAt: issuedAt + durationSeconds * 1000 }
}

const packedPercentOf = ({ policies = [], policyArns = [], tags = [] }: Session): number => {
  if (policies.length + policyArns.length + tags.length === 0) return 0
  const packed = deflateRawSync(JSON.stringify([policies, policyArns, tags.map(({ key, value }) => [key, value])]))
  const percent = Math.ceil((100 * packed.length) / PACKED_SESSION_BYTES)
  if (percent <= 100) return percent
  throw packedPolicyTooLarge(
    policies.length + policyArns.length === 0
      ? `Packed size of session tags consumes ${percent}% of allotted space.`
      : `Packed policy consumes ${percent}% of allotted space, please use smaller policy.`,
  )
}
