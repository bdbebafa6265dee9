/** Who makes a simulated request, and the condition keys that follow from that alone. Everything else the simulation is told. */
import { assumedRoleArn } from '../../../model/arn.ts'
import { globalContext } from '../../../model/policy/global-context.ts'
import type { ContextSource } from '../../../model/policy/types.ts'
import type { Principal } from '../../../model/principal.ts'
import type { IamContext } from '../context.ts'
import { type Entity, getEntity, requireEntityName } from '../entities.ts'

export interface Caller {
  readonly principal: Principal
  readonly globals: ContextSource
}

const SESSION_NAME = 'simulation'

/** A user or role by its ARN, of this account or another, whether or not there is one. A group's keys tell no more than its account. */
export const callerOf = (context: IamContext, arn: string): Caller => {
  const { account, type, name } = requireEntityName(arn)
  const entity = getEntity(context, arn)
  const own = { account, userId: userIdOf(entity), accessKeyId: '' }
  const session = { issuerArn: arn, issuedAt: context.now, expiresAt: context.now }
  const principal =
    type === 'role' ? { ...own, arn: assumedRoleArn(account, name, SESSION_NAME), session } : { ...own, arn }
  return { principal, globals: type === 'group' ? accountOnly(account) : keysOf(context, principal, entity) }
}

/** Someone of the account of whom nothing is known. */
export const anyCaller = ({ account }: IamContext): Caller => ({
  principal: { arn: '', account, userId: '', accessKeyId: '' },
  globals: accountOnly(account),
})

const userIdOf = (entity: Entity | undefined): string => {
  if (entity?.type === 'User') return entity.record.userId
  return entity?.type === 'Role' ? `${entity.record.roleId}:${SESSION_NAME}` : ''
}

const accountOnly = (account: string): ContextSource => ({
  get: (key) => (key === 'aws:principalaccount' ? [account] : undefined),
})

const OF_PRINCIPALS = /^aws:(principal(arn|account|type|tag\/.+)|userid|username)$/s

const keysOf = (context: IamContext, principal: Principal, entity: Entity | undefined): ContextSource => {
  const principalTags = entity !== undefined && 'tags' in entity.record ? entity.record.tags : []
  const { now, region, sourceIp, userAgent } = context
  const all = globalContext({ principal, now, region, sourceIp, userAgent, isSecureTransport: true, principalTags })
  return {
    get: (key) => {
      const isKnown = OF_PRINCIPALS.test(key) && (key !== 'aws:userid' || principal.userId !== '')
      return isKnown ? all.get(key) : undefined
    },
  }
}
