/**
 * Tags of a task and of the container instance it runs on, asked of the control plane for a container that waits. What cannot be had is left
 * out, and said in v4.
 */
import type { MetadataApi } from '../../agentlink/metadata-api.ts'
import { ControlApiError } from '../../agentlink/control-api-error.ts'
import { compact } from '../../kit/compact.ts'
import type { MetadataVersion } from './task-view.ts'

export interface TagsTools {
  readonly api: Pick<MetadataApi, 'tagsOf'>
  readonly containerInstanceArn: () => string | undefined
}

type Members = Readonly<Record<string, unknown>>
type Field = 'ContainerInstanceTags' | 'TaskTags'

interface Asked {
  readonly tags: Members
  readonly errors: readonly object[]
}

export const tagsMembers = async (taskArn: string, version: MetadataVersion, tools: TagsTools): Promise<Members> => {
  const asked = await Promise.all([
    ask('ContainerInstanceTags', tools.containerInstanceArn(), tools),
    ask('TaskTags', taskArn, tools),
  ])
  const errors = asked.flatMap((one) => one.errors)
  return {
    ...Object.assign({}, ...asked.map(({ tags }) => tags)),
    ...(version === 'v4' && errors.length > 0 && { Errors: errors }),
  }
}

const ask = async (field: Field, resourceArn: string | undefined, { api }: TagsTools): Promise<Asked> => {
  // Before the first registration nothing is tagged.
  if (resourceArn === undefined) return { tags: {}, errors: [] }
  try {
    const tags = await api.tagsOf(resourceArn)
    const byKey = Object.fromEntries(tags.map(({ key = '', value = '' }) => [key, value]))
    return { tags: tags.length === 0 ? {} : { [field]: byKey }, errors: [] }
  } catch (error) {
    if (!(error instanceof ControlApiError)) throw error
    return { tags: {}, errors: [errorView(field, resourceArn, error)] }
  }
}

const errorView = (field: Field, resourceArn: string, { type, message, status, requestId }: ControlApiError) =>
  compact({
    ErrorField: field,
    ErrorCode: type,
    ErrorMessage: message,
    StatusCode: status === 0 ? undefined : status,
    RequestId: requestId,
    ResourceARN: resourceArn,
  })
