/** PutAttributes: sets custom attributes of container instances, all of them or none. */
import type { Attribute, PutAttributesRequest, PutAttributesResponse } from '@aws-sdk/client-ecs'
import { containerInstanceArn } from '../../../model/arn.ts'
import { attributeTargets, type AttributeTarget } from '../attribute-targets.ts'
import { checkCustom, checkedAttribute, mergedAttributes } from '../container-instance-attributes.ts'
import type { EcsContext, EcsOperation } from '../context.ts'
import { attributeLimitExceeded } from '../faults.ts'
import { requireCluster } from '../lookups.ts'

export const putAttributes: EcsOperation<PutAttributesRequest, PutAttributesResponse> = {
  handle: (input, context) => {
    const targets = attributeTargets(context, requireCluster(context, input.cluster), input.attributes)
    return { attributes: targets.flatMap((target) => put(context, target)) }
  },
}

const put = (context: EcsContext, { instance, attributes }: AttributeTarget): Attribute[] => {
  const checked = attributes.map(checkedAttribute)
  for (const attribute of checked) checkCustom(attribute)
  context.tx.containerInstances.update(instance.containerInstanceId, {
    attributes: mergedAttributes(instance.attributes, checked, attributeLimitExceeded),
    version: instance.version + 1,
  })
  const targetId = containerInstanceArn(instance.clusterArn, instance.containerInstanceId)
  return checked.map((attribute) => ({ ...attribute, targetId }))
}
