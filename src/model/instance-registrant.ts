/**
 * Whose a container instance is. The hosts of a cluster share a role, or a user's key; sessions of a role tell them apart. So an instance
 * belongs to the session that registered it: no other may report for it, or take tasks in its name.
 */
import type { Principal } from './principal.ts'
import type { ContainerInstanceRecord } from './records.ts'

type Registered = Pick<ContainerInstanceRecord, 'registeredBy'>

/** Whether the principal can be the instance's agent. Users, and the root user, are told apart by nothing: policies decide of them. */
export const canBeAgentOf = ({ arn, session }: Principal, { registeredBy = arn }: Registered): boolean =>
  session === undefined || registeredBy === arn

/** Whether the principal is another host of the same role: it may do with this instance what any other role may, but for this one. */
export const isOtherHost = (principal: Principal, instance: Registered): boolean =>
  !canBeAgentOf(principal, instance) && roleOf(principal.arn) === roleOf(instance.registeredBy ?? '')

/** The role of `…:assumed-role/<role>/<session>`; any other ARN is its own. */
const roleOf = (arn: string): string => (arn.includes(':assumed-role/') ? arn.slice(0, arn.lastIndexOf('/')) : arn)
