/** ListServicesByNamespace: there are no Cloud Map namespaces, because services cannot be created with Service Connect. */
import type { ListServicesByNamespaceRequest, ListServicesByNamespaceResponse } from '@aws-sdk/client-ecs'
import { NAMESPACE_LENGTH, PAGE_SIZE } from '../../../model/limits.ts'
import { textKey } from '../access-keys.ts'
import { onAnything } from '../access.ts'
import type { EcsOperation } from '../context.ts'
import { invalidParameter, namespaceNotFound } from '../faults.ts'
import { missing } from '../missing-member.ts'

export const listServicesByNamespace: EcsOperation<ListServicesByNamespaceRequest, ListServicesByNamespaceResponse> = {
  access: ({ namespace }) => onAnything(textKey('ecs:namespace', namespace)),
  handle: ({ namespace, maxResults = PAGE_SIZE }) => {
    if (!namespace) throw missing('namespace')
    if (namespace.length > NAMESPACE_LENGTH)
      throw invalidParameter(`namespace can have at most ${NAMESPACE_LENGTH} characters.`)
    if (maxResults < 1 || maxResults > PAGE_SIZE)
      throw invalidParameter(`maxResults must be between 1 and ${PAGE_SIZE}.`)
    throw namespaceNotFound()
  },
}
