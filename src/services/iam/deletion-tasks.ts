/**
 * Ids of the tasks that delete service-linked roles: `task/aws-service-role/<service>/<role>/<token>`. A role is deleted at once, so no
 * task has to be kept; the token proves that there was one.
 */
import { linkedRoleArn, SERVICE_LINKED_PATH } from './service-linked-roles.ts'
import type { IamContext } from './context.ts'

const PREFIX = `task${SERVICE_LINKED_PATH}`

interface DeletionTask {
  readonly service: string
  readonly roleName: string
}

const scopeOf = ({ account }: IamContext, { service, roleName }: DeletionTask): string =>
  `iam/${account}/DeleteServiceLinkedRole/${service}/${roleName}`

export const deletionTaskId = (context: IamContext, task: DeletionTask): string =>
  `${PREFIX}${task.service}/${task.roleName}/${context.pageTokens.seal(scopeOf(context, task), context.ids.uuid())}`

const parse = (id: string): DeletionTask & { readonly token: string } => {
  const [service = '', roleName = '', token = ''] = id.startsWith(PREFIX) ? id.slice(PREFIX.length).split('/') : []
  return { service, roleName, token }
}

export const isDeletionTask = (context: IamContext, id: string): boolean => {
  const task = parse(id)
  return context.pageTokens.open(scopeOf(context, task), task.token) !== undefined
}

/** The ARN of the role that the task deletes. */
export const roleOfDeletionTask = ({ account }: IamContext, id: string): string => {
  const { service, roleName } = parse(id)
  return linkedRoleArn(account, service, roleName)
}
