/** ListAttributes: the attributes of a cluster's registered instances, those of one name or of one name and value if asked for. */
import type { Attribute, ListAttributesRequest, ListAttributesResponse } from '@aws-sdk/client-ecs'
import { containerInstanceArn } from '../../../model/arn.ts'
import type { ClusterRecord } from '../../../model/records.ts'
import { onCluster } from '../access.ts'
import type { EcsContext, EcsOperation } from '../context.ts'
import { ecsEnums, oneOf } from '../enums.ts'
import { invalidParameter } from '../faults.ts'
import { requireCluster } from '../lookups.ts'
import { page } from '../page.ts'

export const listAttributes: EcsOperation<ListAttributesRequest, ListAttributesResponse> = {
  access: onCluster,
  handle: (input, context) => {
    const cluster = requireCluster(context, input.cluster)
    oneOf('targetType', input.targetType ?? '', ecsEnums.TargetType)
    const { attributeName: name, attributeValue: value } = input
    if (value !== undefined && name === undefined)
      throw invalidParameter('attributeName must be specified when attributeValue is specified.')
    const scope = JSON.stringify(['ListAttributes', cluster.clusterArn, name, value])
    const matching = matchingAttributes(context, cluster, name, value)
    const { items, nextToken } = page(
      context,
      scope,
      matching,
      input,
      (attribute) => `${attribute.targetId}|${attribute.name}`,
    )
    return { attributes: items, ...(nextToken !== undefined && { nextToken }) }
  },
}

function* matchingAttributes(
  context: EcsContext,
  { clusterArn }: ClusterRecord,
  name: string | undefined,
  value: string | undefined,
): Generator<Attribute> {
  for (const instance of context.tx.containerInstances.iterate('byCluster', clusterArn)) {
    if (instance.status === 'INACTIVE') continue
    const targetId = containerInstanceArn(clusterArn, instance.containerInstanceId)
    for (const attribute of instance.attributes) {
      if (name !== undefined && attribute.name !== name) continue
      if (value !== undefined && attribute.value !== value) continue
      yield { ...attribute, targetId }
    }
  }
}
