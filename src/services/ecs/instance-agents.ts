/**
 * Who may speak as a container instance's agent, in the words of a denial. See `model/instance-registrant.ts`. Where callers are not known,
 * in `--dev` mode, an instance is nobody's, and becomes its agent's when that registers it anew under its own name.
 */
import { containerInstanceArn } from '../../model/arn.ts'
import { canBeAgentOf, isOtherHost } from '../../model/instance-registrant.ts'
import type { ContainerInstanceRecord } from '../../model/records.ts'
import type { EcsContext } from './context.ts'
import { accessDenied } from './faults.ts'

/** Refuses who is not the agent of the instance, as which the call is made. */
export const checkAgent = (context: EcsContext, action: string, instance: ContainerInstanceRecord): void => {
  if (isKnown(context) && !canBeAgentOf(context.principal, instance))
    throw registeredByAnother(context, action, instance)
}

/** Refuses the agents of other instances that have the same role, whose policies are the same. */
export const checkNotOtherHost = (context: EcsContext, action: string, instance: ContainerInstanceRecord): void => {
  if (isKnown(context) && isOtherHost(context.principal, instance)) throw registeredByAnother(context, action, instance)
}

/** What is remembered of who registers an instance. */
export const registrant = (context: EcsContext): Pick<ContainerInstanceRecord, 'registeredBy'> =>
  isKnown(context) ? { registeredBy: context.principal.arn } : {}

const isKnown = (context: EcsContext): boolean => context.guard.applies(context)

const registeredByAnother = (
  { principal }: EcsContext,
  action: string,
  { clusterArn, containerInstanceId }: ContainerInstanceRecord,
) =>
  accessDenied(
    `User: ${principal.arn} is not authorized to perform: ecs:${action} on resource: ` +
      `${containerInstanceArn(clusterArn, containerInstanceId)} because another principal registered the container instance`,
  )
