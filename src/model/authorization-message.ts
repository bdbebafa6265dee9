/**
 * What a service may add to a denial, for those only who are allowed to read it (`sts:DecodeAuthorizationMessage`): what was asked for by
 * whom, and which statements decided. It travels sealed.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { type Sealed, type Sealer, Unsealable } from '../kit/sealing.ts'
import { resourceId } from './arn.ts'
import type { AccessRequest, Decision } from './policy/types.ts'
import type { Principal } from './principal.ts'

export interface DecidedRequest {
  readonly request: AccessRequest & { readonly principal: Principal }
  readonly decision: Decision
}

const PURPOSE = 'authorizationMessage'

export const encodeAuthorizationMessage = (sealer: Sealer, decided: DecidedRequest): string =>
  sealer.seal(deflateRawSync(JSON.stringify(describe(decided))), PURPOSE) as unknown as string

/** The message as JSON; undefined if none was encoded so. */
export const decodeAuthorizationMessage = (sealer: Sealer, encoded: string): string | undefined => {
  try {
    return inflateRawSync(sealer.open(encoded as unknown as Sealed, PURPOSE)).toString()
  } catch (error) {
    if (error instanceof Unsealable) return undefined
    throw error
  }
}

const items = <T>(list: readonly T[]): { readonly items: readonly T[] } => ({ items: list })

const describe = ({ request: { principal, action, resource, context }, decision }: DecidedRequest): object => ({
  allowed: decision.outcome === 'allowed',
  explicitDeny: decision.outcome === 'explicitDeny',
  matchedStatements: items(
    decision.matched.map(({ policyId, statement, effect }) => ({
      statementId: `${policyId}#${statement}`,
      effect: effect.toUpperCase(),
    })),
  ),
  failures: items([]),
  context: {
    principal: { id: principal.userId, name: resourceId(principal.arn), arn: principal.arn },
    action,
    resource,
    conditions: items(
      Object.entries(context).map(([key, values]) => ({ key, values: items(values.map((value) => ({ value }))) })),
    ),
  },
})
