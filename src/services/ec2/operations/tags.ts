/** Tags of resources, whatever their kind. */
import type {
  CreateTagsRequest,
  DeleteTagsRequest,
  DescribeTagsRequest,
  DescribeTagsResult,
  TagDescription,
} from '@aws-sdk/client-ec2'
import { TAGGED_RESOURCES } from '../../../model/ec2-limits.ts'
import type { Ec2Resource } from '../../../model/ec2-records.ts'
import type { Tag } from '../../../model/records.ts'
import { requestTagContext } from '../../checked-tags.ts'
import type { Demand } from '../../operations.ts'
import { demandOn, onAnything } from '../access.ts'
import type { Ec2Context } from '../context.ts'
import { ec2Fault, invalidValue, missingParameter } from '../faults.ts'
import { type FilterFields, rowFilter } from '../filters.ts'
import { type Kind, kindOfId, KINDS, requireRow, rowsOf } from '../kinds.ts'
import { ec2Operation } from '../operation.ts'
import { pageOf, scopeOf } from '../page.ts'
import { checkedTags, mergedTags } from '../tags.ts'

interface NamesResources {
  readonly Resources?: readonly string[] | undefined
  readonly Tags?: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[] | undefined
}

const onResources = ({ Resources = [], Tags = [] }: NamesResources, context: Ec2Context): readonly Demand[] => {
  const asked = requestTagContext(Tags.map(({ Key = '', Value = '' }) => ({ key: Key, value: Value })))
  return Resources.map((id) => demandOn(context, requireKind(id), id, asked))
}

const requireKind = (id: string): Kind<Ec2Resource> => {
  const kind = kindOfId(id)
  if (kind === undefined) throw ec2Fault('InvalidID', `The ID '${id}' is not valid`)
  return kind
}

/** AWS: all of them, or none. */
const changeTags = (
  ids: readonly string[] | undefined,
  context: Ec2Context,
  changed: (tags: readonly Tag[]) => readonly Tag[],
): void => {
  if (ids === undefined || ids.length === 0) throw missingParameter('resourceIdSet')
  if (ids.length > TAGGED_RESOURCES) throw invalidValue(`A request can name at most ${TAGGED_RESOURCES} resources.`)
  for (const id of ids) {
    const kind = requireKind(id)
    const { tags } = requireRow(context, kind, id)
    kind.table(context.tx).update(id, { tags: changed(tags) })
  }
}

export const createTags = ec2Operation<CreateTagsRequest>({
  access: onResources,
  handle: ({ Resources, Tags = [] }, context) => {
    if (Tags.length === 0) throw missingParameter('tagSet')
    const added = checkedTags(Tags)
    changeTags(Resources, context, (tags) => mergedTags(tags, added))
    return {}
  },
})

/** AWS: without tags all go; with a value only a tag that has it. */
export const deleteTags = ec2Operation<DeleteTagsRequest>({
  access: onResources,
  handle: ({ Resources, Tags }, context) => {
    const isMeant = ({ key, value }: Tag): boolean =>
      Tags === undefined || Tags.some((tag) => tag.Key === key && (tag.Value === undefined || tag.Value === value))
    changeTags(Resources, context, (tags) => tags.filter((tag) => !isMeant(tag)))
    return {}
  },
})

const fields: FilterFields<TagDescription> = {
  key: ({ Key }) => Key,
  'resource-id': ({ ResourceId }) => ResourceId,
  'resource-type': ({ ResourceType }) => ResourceType,
  value: ({ Value }) => Value,
}

export const describeTags = ec2Operation<DescribeTagsRequest, DescribeTagsResult>({
  access: onAnything,
  handle: ({ Filters, ...page }, context) => {
    const passes = rowFilter(Filters, { ...fields, ...tagFields(Filters) }, context)
    const items = KINDS.flatMap((kind) => tagsOf(kind as unknown as Kind<Ec2Resource>, context)).filter(passes)
    const { rows, token } = pageOf(page, context, {
      scope: scopeOf('DescribeTags', Filters),
      items,
      keyOf: ({ ResourceId = '', Key = '' }) => `${ResourceId}/${Key}`,
    })
    return { Tags: [...rows], ...token }
  },
})

const tagsOf = (kind: Kind<Ec2Resource>, context: Ec2Context): readonly TagDescription[] =>
  rowsOf(context, kind).flatMap((row) =>
    row.tags.map(({ key, value }) => ({
      ResourceId: kind.idOf(row),
      ResourceType: kind.type as NonNullable<TagDescription['ResourceType']>,
      Key: key,
      Value: value,
    })),
  )

/** `tag:<key>` is here a tag of that key, by its value. */
const tagFields = (filters: DescribeTagsRequest['Filters']): FilterFields<TagDescription> =>
  Object.fromEntries(
    (filters ?? []).flatMap(({ Name = '' }) =>
      Name.startsWith('tag:')
        ? [[Name, ({ Key, Value }: TagDescription) => (Key === Name.slice('tag:'.length) ? Value : undefined)] as const]
        : [],
    ),
  )
