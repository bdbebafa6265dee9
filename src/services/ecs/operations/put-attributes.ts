/** PutAttributes: sets custom attributes of container instances, all of them or none. */
import type { Attribute, PutAttributesRequest, PutAttributesResponse } from '@aws-sdk/client-ecs'
import { containerInstanceArn } from '../../../model/arn.ts'
import { onAttributeTargets } from '../access.ts'
import { attributeTargets, type AttributeTarget } from '../attribute-targets.ts'
import { capacityProviderNameOf } from '../capacity-provider-instances.ts'
import { checkCustom, checkedAttribute, mergedAttributes } from '../container-instance-attributes.ts'
import type { EcsContext, EcsOperation } from '../context.ts'
import { attributeLimitExceeded } from '../faults.ts'
import { requireCluster } from '../lookups.ts'

export const putAttributes: EcsOperation<PutAttributesRequest, PutAttributesResponse> = {
  access: onAttributeTargets,
  handle: (input, context) => {
    const targets = attributeTargets(context, requireCluster(context, input.cluster), input.attributes)
    return { attributes: targets.flatMap((target) => put(context, target)) }
  },
}

const put = (context: EcsContext, { instance, attributes: given }: AttributeTarget): Attribute[] => {
  const checked = given.map(checkedAttribute)
  for (const attribute of checked) checkCustom(attribute)
  const attributes = mergedAttributes(instance.attributes, checked, attributeLimitExceeded)
  context.tx.containerInstances.update(instance.containerInstanceId, {
    attributes,
    capacityProviderName: capacityProviderNameOf(context, context.tx.clusters.get(instance.clusterArn), { attributes }),
    version: instance.version + 1,
  })
  const targetId = containerInstanceArn(instance.clusterArn, instance.containerInstanceId)
  return checked.map((attribute) => ({ ...attribute, targetId }))
}
