/**
 * What callers of IAM's operations must be allowed to do: the operation's action on the ARN of the entity that the input names, with
 * the entity's tags and what the operation adds. An entity that is not there has the ARN it would have with the path `/`.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
 */
import type { Tag as TagInput } from '@aws-sdk/client-iam'
import { groupArn, instanceProfileArn, roleArn, userArn } from '../../model/arn.ts'
import type { ContextValues } from '../../model/policy/types.ts'
import type { Tag } from '../../model/records.ts'
import type { Demand } from '../operations.ts'
import type { IamContext } from './context.ts'
import { getCaller, getGroup, getInstanceProfile, getRole, getUser } from './lookups.ts'

export type IamAccess<Input> = (input: Input, context: IamContext) => readonly Demand[]

/** Condition keys that an operation adds to those of its resource. */
export type Extra<Input> = (input: Input, context: IamContext) => ContextValues

/** An existing or future entity of IAM. */
interface Entity {
  readonly arn: string
  readonly tags?: readonly Tag[]
}

/** What `entityOf` finds, with its tags. */
export const on =
  <Input>(entityOf: (input: Input, context: IamContext) => Entity, extras: readonly Extra<Input>[]): IamAccess<Input> =>
  (input, context) => {
    const { arn, tags = [] } = entityOf(input, context)
    const values = [resourceTags(tags), ...extras.map((extra) => extra(input, context))]
    return [{ resource: arn, context: Object.assign({}, ...values) as ContextValues }]
  }

const resourceTags = (tags: readonly Tag[]): ContextValues =>
  Object.fromEntries(
    tags.flatMap(({ key, value }) => [
      [`aws:resourcetag/${key.toLowerCase()}`, [value]],
      [`iam:resourcetag/${key.toLowerCase()}`, [value]],
    ]),
  )

interface NamesUser {
  readonly UserName?: string | undefined
}

/** The user that is named, or else the one who calls. */
export const onUser = <Input extends NamesUser>(...extras: Extra<NoInfer<Input>>[]): IamAccess<Input> =>
  on(({ UserName: name }, context) => {
    if (name === undefined) return getCaller(context) ?? { arn: context.principal.arn }
    return getUser(context, name) ?? { arn: userArn(context.account, name) }
  }, extras)

interface NamesGroup {
  readonly GroupName?: string | undefined
}

export const onGroup = <Input extends NamesGroup>(...extras: Extra<NoInfer<Input>>[]): IamAccess<Input> =>
  on(({ GroupName: name = '' }, context) => getGroup(context, name) ?? { arn: groupArn(context.account, name) }, extras)

interface NamesRole {
  readonly RoleName?: string | undefined
}

export const onRole = <Input extends NamesRole>(...extras: Extra<NoInfer<Input>>[]): IamAccess<Input> =>
  on(({ RoleName: name = '' }, context) => getRole(context, name) ?? { arn: roleArn(context.account, name) }, extras)

interface NamesInstanceProfile {
  readonly InstanceProfileName?: string | undefined
}

export const onInstanceProfile = <Input extends NamesInstanceProfile>(
  ...extras: Extra<NoInfer<Input>>[]
): IamAccess<Input> =>
  on(
    ({ InstanceProfileName: name = '' }, context) =>
      getInstanceProfile(context, name) ?? { arn: instanceProfileArn(context.account, name) },
    extras,
  )

interface NamesOidcProvider {
  readonly OpenIDConnectProviderArn?: string | undefined
}

export const onOidcProvider = <Input extends NamesOidcProvider>(...extras: Extra<NoInfer<Input>>[]): IamAccess<Input> =>
  on(({ OpenIDConnectProviderArn: arn = '' }, { tx }) => tx.oidcProviders.get(arn) ?? { arn }, extras)

interface NamesPolicy {
  readonly PolicyArn?: string | undefined
}

export const onPolicy = <Input extends NamesPolicy>(...extras: Extra<NoInfer<Input>>[]): IamAccess<Input> =>
  on(({ PolicyArn: arn = '' }, { tx }) => tx.policies.get(arn) ?? { arn }, extras)

/** Something that the operation makes, or another ARN that only its input tells. */
export const onArn = <Input>(
  arnOf: (input: Input, context: IamContext) => string,
  ...extras: Extra<NoInfer<Input>>[]
): IamAccess<Input> => on((input, context) => ({ arn: arnOf(input, context) }), extras)

type ArnBuilder = (account: string, name: string, path?: string) => string

/** Everything of one kind below a path. AWS: policies that name `user/*` and the like do allow to list. */
export const onPathPrefix = <Input extends { readonly PathPrefix?: string | undefined }>(
  arnOf: ArnBuilder,
): IamAccess<Input> => onArn(({ PathPrefix }, { account }) => arnOf(account, '', PathPrefix))

/** The action has no resource. */
export const onAnything = (): readonly Demand[] => [{ resource: '*' }]

interface HasTags {
  readonly Tags?: readonly TagInput[] | undefined
}

/** `aws:RequestTag/…` and `aws:TagKeys` of the tags that the request gives. */
export const requestTags = ({ Tags = [] }: HasTags): ContextValues =>
  Tags.length === 0
    ? {}
    : {
        ...Object.fromEntries(Tags.map(({ Key = '', Value = '' }) => [`aws:requesttag/${Key.toLowerCase()}`, [Value]])),
        'aws:tagkeys': Tags.map(({ Key = '' }) => Key),
      }

/** `aws:TagKeys` of the tags that the request removes. */
export const removedTagKeys = ({
  TagKeys = [],
}: {
  readonly TagKeys?: readonly string[] | undefined
}): ContextValues => ({
  'aws:tagkeys': TagKeys,
})

/** `iam:PermissionsBoundary` that the request sets. */
export const requestedBoundary = ({
  PermissionsBoundary: arn,
}: {
  readonly PermissionsBoundary?: string | undefined
}): ContextValues => (arn === undefined ? {} : { 'iam:permissionsboundary': [arn] })

/** `iam:PermissionsBoundary` that the named user has. */
export const boundaryOfUser = ({ UserName }: NamesUser, context: IamContext): ContextValues =>
  boundaryOf(getUser(context, UserName ?? ''))

/** `iam:PermissionsBoundary` that the named role has. */
export const boundaryOfRole = ({ RoleName }: NamesRole, context: IamContext): ContextValues =>
  boundaryOf(getRole(context, RoleName ?? ''))

const boundaryOf = (entity: { readonly permissionsBoundaryArn?: string } | undefined): ContextValues =>
  requestedBoundary({ PermissionsBoundary: entity?.permissionsBoundaryArn })

/** `iam:PolicyARN` that the request attaches or detaches. */
export const namedPolicy = ({ PolicyArn }: { readonly PolicyArn?: string | undefined }): ContextValues =>
  PolicyArn === undefined ? {} : { 'iam:policyarn': [PolicyArn] }

/** `iam:AWSServiceName` of the service whose role it is. */
export const linkedService = ({
  AWSServiceName: service,
}: {
  readonly AWSServiceName?: string | undefined
}): ContextValues => (service === undefined ? {} : { 'iam:awsservicename': [service] })
