/** Tags of parameters. */
import type { Tag as TagInput } from '@aws-sdk/client-ssm'
import type { ParameterRecord } from '../../model/parameter-records.ts'
import type { Tag } from '../../model/records.ts'
import { mergedTags, type TagFaults } from '../checked-tags.ts'
import { validation } from '../constraints.ts'
import type { SsmContext } from './context.ts'
import { fault, invalidResourceId } from './faults.ts'
import { findParameter } from './lookups.ts'

/** The tags of a request in our own shape. */
export const tagsOf = (tags: readonly TagInput[] = []): readonly Tag[] =>
  tags.map(({ Key: key = '', Value: value = '' }) => ({ key, value }))

const faults: TagFaults = { invalid: validation, tooMany: (message) => fault('TooManyTagsError', message) }

/** `existing` with those of a request laid over them. */
export const withTags = (existing: readonly Tag[], added: readonly TagInput[] | undefined): readonly Tag[] =>
  mergedTags(existing, tagsOf(added), faults)

/** Resources of Systems Manager that can have tags, of which there are only parameters here. */
const TAGGABLE: ReadonlySet<string> = new Set([
  'Association',
  'Automation',
  'Document',
  'MaintenanceWindow',
  'ManagedInstance',
  'OpsItem',
  'OpsMetadata',
  'Parameter',
  'PatchBaseline',
])

interface ResourceNamed {
  readonly ResourceType: string | undefined
  readonly ResourceId: string | undefined
}

/** Throws `InvalidResourceType` or `InvalidResourceId`. */
export const requireTagged = (
  context: SsmContext,
  { ResourceType: type = '', ResourceId: id }: ResourceNamed,
): ParameterRecord => {
  if (!TAGGABLE.has(type)) throw fault('InvalidResourceType', `${type} is not a valid resource type.`)
  const parameter = type === 'Parameter' ? findParameter(context, id) : undefined
  if (parameter === undefined) throw invalidResourceId()
  return parameter
}
