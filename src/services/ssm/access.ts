/**
 * What callers of Parameter Store must be allowed to do: the operation's action on each parameter that the input names.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html
 */
import { anySsmArn, parameterArn } from '../../model/arn.ts'
import type { ContextValues } from '../../model/policy/types.ts'
import type { Tag } from '../../model/records.ts'
import type { Demand } from '../operations.ts'
import type { SsmContext } from './context.ts'
import { findReferenced, getParameter } from './lookups.ts'
import { referenceOf, trimmedName } from './names.ts'
import { decryptionDemands } from './values.ts'

/** The operation's own action on the parameter of that name, whether or not there is one. */
export const onParameter = (
  context: SsmContext,
  name: string | undefined,
  extra: ContextValues = {},
  action?: string,
): Demand => {
  const resource = referenceOf(context, name)?.arn ?? parameterArn(context.region, context.account, trimmedName(name))
  const tags = getParameter(context, resource)?.tags ?? []
  return { resource, context: { ...resourceTags(tags), ...extra }, ...(action !== undefined && { action }) }
}

const resourceTags = (tags: readonly Tag[]): ContextValues =>
  Object.fromEntries(
    tags.flatMap(({ key, value }) => [
      [`aws:resourcetag/${key.toLowerCase()}`, [value]],
      [`ssm:resourcetag/${key.toLowerCase()}`, [value]],
    ]),
  )

/** AWS: the action has no resource of its own, and names all of Systems Manager. */
export const onAnything = ({ region, account }: SsmContext): Demand => ({ resource: anySsmArn(region, account) })

/** To read a parameter by a name, and what its key wants for that. */
export const toRead = (
  context: SsmContext,
  name: string | undefined,
  withDecryption: boolean | undefined,
): readonly Demand[] => {
  const found = findReferenced(context, name)
  return [
    onParameter(context, name),
    ...(found === undefined ? [] : decryptionDemands(context, found.version, withDecryption)),
  ]
}
