/**
 * RegisterContainerInstance: an agent joins a cluster, or, with the ARN of its instance or the token of an earlier try, tells anew what
 * it can do. The instance can take tasks once its agent has connected.
 */
import { isIP } from 'node:net'
import type { RegisterContainerInstanceResponse } from '@aws-sdk/client-ecs'
import { compact } from '../../../kit/compact.ts'
import { resourceId } from '../../../model/arn.ts'
import { canBeAgentOf } from '../../../model/instance-registrant.ts'
import { isManagedInstanceId } from '../../../model/managed-instance.ts'
import type { AttributeRecord, ClusterRecord, ContainerInstanceRecord } from '../../../model/records.ts'
import { clusterNamed, containerInstanceNamed } from '../access-arns.ts'
import { ANY, creating, on } from '../access.ts'
import { capacityProviderNameOf } from '../capacity-provider-instances.ts'
import type { AgentRegisterContainerInstanceRequest } from '../agent-model.ts'
import { attributesKept, attributeValue, checkedAttribute, mergedAttributes } from '../container-instance-attributes.ts'
import { requireContainerInstance } from '../container-instance-lookups.ts'
import type { EcsContext, EcsOperation } from '../context.ts'
import { describeContainerInstance } from '../describe-container-instance.ts'
import { clientException, invalidParameter } from '../faults.ts'
import { checkAgent, registrant } from '../instance-agents.ts'
import { type InstanceIdentity, readIdentityDocument } from '../instance-identity.ts'
import { checkedResources } from '../instance-resources.ts'
import { requireCluster } from '../lookups.ts'
import { checkedTags, mergedTags } from '../tags.ts'

type Request = AgentRegisterContainerInstanceRequest

export const registerContainerInstance: EcsOperation<Request, RegisterContainerInstanceResponse> = {
  access: ({ cluster, containerInstanceArn = ANY, tags }, context) => {
    const arn = clusterNamed(context, cluster)
    const instance = containerInstanceNamed(arn, containerInstanceArn || ANY)
    return creating(context, 'RegisterContainerInstance', tags, on(context.tx, arn), instance)
  },
  handle: (input, context) => {
    const cluster = requireCluster(context, input.cluster)
    const before = registeredBefore(input, cluster, context)
    const identity = identityOf(input, context)
    checkSameType(before, identity)
    const attributes = attributesOf(input, before, identity, context)
    const { capacityProviderName: _former, ...base } = before ?? newInstance(cluster, context)
    const instance = context.tx.containerInstances.put({
      ...base,
      ...checkedResources(input.totalResources, input.platformDevices),
      ...compact({ capacityProviderName: capacityProviderNameOf(context, cluster, { attributes }) }),
      attributes,
      ...registrant(context),
      tags: mergedTags(before?.tags ?? [], checkedTags(input.tags)),
      version: (before?.version ?? 0) + 1,
      ...(input.versionInfo && { versionInfo: input.versionInfo }),
      ...compact({ ec2InstanceId: identity.ec2InstanceId ?? base.ec2InstanceId }),
      ...compact({ privateIpAddress: identity.privateIpAddress ?? callersAddress(context) }),
      ...(input.clientToken && { clientToken: input.clientToken }),
    })
    return { containerInstance: describeContainerInstance(context, instance) }
  },
}

/** The instance that the agent says it is, or that a request with the same token made: its answer may have been lost. */
const registeredBefore = (
  { containerInstanceArn, clientToken }: Request,
  cluster: ClusterRecord,
  context: EcsContext,
): ContainerInstanceRecord | undefined => {
  if (containerInstanceArn) {
    const instance = requireContainerInstance(context, cluster, containerInstanceArn)
    checkAgent(context, 'RegisterContainerInstance', instance)
    return instance
  }
  if (!clientToken) return undefined
  return context.tx.containerInstances
    .find('byClientToken', clientToken)
    .find(
      (instance) =>
        instance.clusterArn === cluster.clusterArn &&
        instance.status !== 'INACTIVE' &&
        canBeAgentOf(context.principal, instance),
    )
}

const newInstance = (
  cluster: ClusterRecord,
  context: EcsContext,
): Omit<ContainerInstanceRecord, 'attributes' | 'registeredResources' | 'gpuIds' | 'version' | 'tags'> => ({
  containerInstanceId: context.ids.hex32(),
  clusterArn: cluster.clusterArn,
  status: 'ACTIVE',
  agentConnected: false,
  registeredAt: context.now,
  versionInfo: {},
})

/** AWS: a machine that is none of EC2's is known by the name of its session. */
const identityOf = ({ instanceIdentityDocument }: Request, { principal }: EcsContext): InstanceIdentity => {
  const sessionName = principal.session === undefined ? '' : resourceId(principal.arn)
  const machine = isManagedInstanceId(sessionName) ? { ec2InstanceId: sessionName } : {}
  return { ...machine, ...readIdentityDocument(instanceIdentityDocument) }
}

/** Who calls over IPv4 may show as IPv6. */
const callersAddress = ({ sourceIp }: EcsContext): string | undefined => {
  const address = sourceIp.replace(/^::ffff:(?=[\d.]+$)/i, '')
  return isIP(address) === 0 ? undefined : address
}

/** AWS: the agent knows this sentence and does not try again. */
const checkSameType = (before: ContainerInstanceRecord | undefined, identity: InstanceIdentity): void => {
  const was = attributeValue(before, 'ecs.instance-type')
  const is = attributeValue(identity, 'ecs.instance-type')
  if (was !== undefined && is !== undefined && was !== is)
    throw clientException('Container instance type changes are not supported.')
}

/** Every attribute that the agent sends stands in the answer as it was sent, or the agent gives up. */
const attributesOf = (
  input: Request,
  before: ContainerInstanceRecord | undefined,
  identity: InstanceIdentity,
  context: EcsContext,
): readonly AttributeRecord[] => {
  const sent = (input.attributes ?? []).map((attribute) => {
    if (attribute.targetId !== undefined)
      throw invalidParameter('targetId cannot be specified here: the target is the instance.')
    return checkedAttribute(attribute)
  })
  const zone = { name: 'ecs.availability-zone', value: `${context.region}a` }
  return mergedAttributes([zone, ...attributesKept(before), ...identity.attributes], sent, invalidParameter)
}
