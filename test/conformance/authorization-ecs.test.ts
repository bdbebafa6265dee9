/**
 * The types of resources that ECS's actions are on, as the service authorization reference lists them.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html
 */
import { describe, expect, it } from 'vitest'
import { defined } from '../../src/kit/assert.ts'
import { parseArn } from '../../src/model/arn.ts'
import { attempt, services } from '../guarded-calls.ts'

const ON_PARTS_OF_SERVICES = {
  ContinueServiceDeployment: 'service service-deployment',
  DescribeServiceDeployments: 'service service-deployment',
  DescribeServiceRevisions: 'service service-revision',
  StopServiceDeployment: 'service service-deployment',
}

const RESOURCE_TYPES: Readonly<Record<string, readonly string[]>> = {
  'capacity-provider': [
    'CreateCapacityProvider',
    'DeleteCapacityProvider',
    'DescribeCapacityProviders',
    'UpdateCapacityProvider',
  ],
  cluster: [
    'CreateCluster',
    'DeleteCluster',
    'DeregisterContainerInstance',
    'DescribeClusters',
    'ListAttributes',
    'ListContainerInstances',
    'PutClusterCapacityProviders',
    'RegisterContainerInstance',
    'SubmitAttachmentStateChanges',
    'SubmitContainerStateChange',
    'SubmitTaskStateChange',
    'UpdateCluster',
    'UpdateClusterSettings',
  ],
  'container-instance': [
    'DeleteAttributes',
    'DescribeContainerInstances',
    'PutAttributes',
    'UpdateContainerAgent',
    'UpdateContainerInstancesState',
  ],
  service: [
    'CreateExpressGatewayService',
    'CreateService',
    'DeleteExpressGatewayService',
    'DeleteService',
    'DescribeExpressGatewayService',
    'DescribeServices',
    'ListServiceDeployments',
    'UpdateExpressGatewayService',
    'UpdateService',
    'UpdateServicePrimaryTaskSet',
  ],
  // The three on tags are on whatever is named, which is a task here.
  task: [
    'DescribeTasks',
    'GetTaskProtection',
    'ListTagsForResource',
    'StopTask',
    'TagResource',
    'UntagResource',
    'UpdateTaskProtection',
  ],
  'task-definition': ['DeleteTaskDefinitions', 'RegisterTaskDefinition', 'RunTask', 'StartTask'],
  'task-set': ['CreateTaskSet', 'DeleteTaskSet', 'DescribeTaskSets', 'UpdateTaskSet'],
  // ListTasks is on a container instance only if one is named.
  '*': [
    'DeleteAccountSetting',
    'DeregisterTaskDefinition',
    'DescribeTaskDefinition',
    'DiscoverPollEndpoint',
    'ListAccountSettings',
    'ListClusters',
    'ListServices',
    'ListServicesByNamespace',
    'ListTaskDefinitionFamilies',
    'ListTaskDefinitions',
    'ListTasks',
    'PutAccountSetting',
    'PutAccountSettingDefault',
  ],
}

const expected: ReadonlyMap<string, string> = new Map([
  ['ExecuteCommand', 'cluster task'],
  ...Object.entries(ON_PARTS_OF_SERVICES),
  ...Object.entries(RESOURCE_TYPES).flatMap(([type, operations]) =>
    operations.map((operation): [string, string] => [operation, type]),
  ),
])

const typeOf = (resource: string): string => parseArn(resource)?.resource.split('/')[0] ?? resource

const ecs = defined(
  services.find(({ name }) => name === 'ecs'),
  'ECS',
)

describe('an action of ECS', () => {
  it.each([...ecs.operations].map((operation) => [operation]))('is on what AWS has it on: %s', async (operation) => {
    const { asked } = await attempt(ecs, operation, [])
    const own = asked.filter(({ action }) => action === `ecs:${operation}`)
    expect([...new Set(own.map(({ resource }) => typeOf(resource)))].join(' ')).toBe(expected.get(operation))
  })
})
