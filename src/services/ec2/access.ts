/**
 * What callers of EC2 must be allowed to do.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
 */
import type { TagSpecification } from '@aws-sdk/client-ec2'
import { ec2Arn } from '../../model/arn.ts'
import type { Ec2Resource } from '../../model/ec2-records.ts'
import type { ContextValues } from '../../model/policy/types.ts'
import type { Tag } from '../../model/records.ts'
import { requestTagContext } from '../checked-tags.ts'
import type { Demand } from '../operations.ts'
import type { Ec2Context } from './context.ts'
import { getRow, type Kind } from './kinds.ts'

/** The action has no resource. */
export const onAnything = (): readonly Demand[] => [{ resource: '*' }]

/** On the resource of that id, whether or not there is one. */
export const demandOn = <Row extends Ec2Resource>(
  context: Ec2Context,
  kind: Kind<Row>,
  id: string,
  more: ContextValues = {},
): Demand => ({
  resource: arnOf(context, kind, id),
  context: { ...resourceContext(context, getRow(context, kind, id)), ...more },
})

/** On each of the ids that the request names. */
export const onEach = <Row extends Ec2Resource>(
  context: Ec2Context,
  kind: Kind<Row>,
  ids: readonly (string | undefined)[],
): readonly Demand[] => ids.flatMap((id) => (id === undefined ? [] : [demandOn(context, kind, id)]))

/** To make one of a kind. */
export const demandsToMake = <Row extends Ec2Resource>(
  context: Ec2Context,
  kind: Kind<Row>,
  operation: string,
  specifications: readonly TagSpecification[] | undefined,
): readonly Demand[] => [
  { resource: arnOf(context, kind, '*'), context: requestContext(context, specifications) },
  ...demandsToTag(context, kind, operation, specifications),
]

/** AWS: whoever gives tags to what an operation makes must be allowed to do so. */
export const demandsToTag = <Row extends Ec2Resource>(
  context: Ec2Context,
  kind: Kind<Row>,
  operation: string,
  specifications: readonly TagSpecification[] | undefined,
): readonly Demand[] => {
  if (tagsIn(specifications).length === 0) return []
  const asked = { ...requestContext(context, specifications), 'ec2:createaction': [operation] }
  return [{ action: 'ec2:CreateTags', resource: arnOf(context, kind, '*'), context: asked }]
}

const tagsIn = (specifications: readonly TagSpecification[] | undefined): readonly Tag[] =>
  (specifications ?? [])
    .flatMap(({ Tags = [] }) => Tags)
    .map(({ Key = '', Value = '' }) => ({ key: Key, value: Value }))

const requestContext = (
  { region }: Ec2Context,
  specifications: readonly TagSpecification[] | undefined,
): ContextValues => ({ 'ec2:region': [region], ...requestTagContext(tagsIn(specifications)) })

const arnOf = ({ region, account }: Ec2Context, { type }: { readonly type: string }, id: string): string =>
  ec2Arn(region, account, type, id)

const resourceContext = (
  { region, account }: Ec2Context,
  row: (Ec2Resource & { vpcId?: string }) | undefined,
): ContextValues => ({
  'ec2:region': [region],
  ...(row?.vpcId !== undefined && { 'ec2:vpc': [ec2Arn(region, account, 'vpc', row.vpcId)] }),
  ...tagContext(row?.tags ?? []),
})

const tagContext = (tags: readonly Tag[]): ContextValues =>
  Object.fromEntries(
    tags.flatMap(({ key, value }) => [
      [`aws:resourcetag/${key.toLowerCase()}`, [value]],
      [`ec2:resourcetag/${key.toLowerCase()}`, [value]],
    ]),
  )
