/**
 * Amazon ECS: every operation that has a handler, by its name. What agents and who looks at them call is there from the start, the rest is
 * loaded at its first call.
 */
import type { ServiceDefinition } from '../../wire/service.ts'
import { performer } from '../operations.ts'
import { ecsModel } from './agent-model.ts'
import { ECS } from '../addresses.ts'
import type { ServicesDeps } from '../deps.ts'
import type { EcsOperationTable } from './context.ts'
import { missingMember } from './missing-member.ts'
import { ecsNumbers } from './numbers.ts'
import { describeClusters } from './operations/describe-clusters.ts'
import { describeContainerInstances } from './operations/describe-container-instances.ts'
import { describeTasks } from './operations/describe-tasks.ts'
import { discoverPollEndpoint } from './operations/discover-poll-endpoint.ts'
import { listClusters } from './operations/list-clusters.ts'
import { listContainerInstances } from './operations/list-container-instances.ts'
import { listTasks } from './operations/list-tasks.ts'
import { registerContainerInstance } from './operations/register-container-instance.ts'
import { submitAttachmentStateChanges } from './operations/submit-attachment-state-changes.ts'
import { submitContainerStateChange } from './operations/submit-container-state-change.ts'
import { submitTaskStateChange } from './operations/submit-task-state-change.ts'

const operations: EcsOperationTable = {
  ContinueServiceDeployment: {
    load: async () => (await import('./operations/continue-service-deployment.ts')).continueServiceDeployment,
  },
  CreateCapacityProvider: {
    load: async () => (await import('./operations/create-capacity-provider.ts')).createCapacityProvider,
  },
  CreateCluster: { load: async () => (await import('./operations/create-cluster.ts')).createCluster },
  CreateExpressGatewayService: {
    load: async () => (await import('./operations/create-express-gateway-service.ts')).createExpressGatewayService,
  },
  CreateService: { load: async () => (await import('./operations/create-service.ts')).createService },
  CreateTaskSet: { load: async () => (await import('./operations/create-task-set.ts')).createTaskSet },
  DeleteAccountSetting: {
    load: async () => (await import('./operations/delete-account-setting.ts')).deleteAccountSetting,
  },
  DeleteAttributes: { load: async () => (await import('./operations/delete-attributes.ts')).deleteAttributes },
  DeleteCapacityProvider: {
    load: async () => (await import('./operations/delete-capacity-provider.ts')).deleteCapacityProvider,
  },
  DeleteCluster: { load: async () => (await import('./operations/delete-cluster.ts')).deleteCluster },
  DeleteExpressGatewayService: {
    load: async () => (await import('./operations/delete-express-gateway-service.ts')).deleteExpressGatewayService,
  },
  DeleteService: { load: async () => (await import('./operations/delete-service.ts')).deleteService },
  DeleteTaskDefinitions: {
    load: async () => (await import('./operations/delete-task-definitions.ts')).deleteTaskDefinitions,
  },
  DeleteTaskSet: { load: async () => (await import('./operations/delete-task-set.ts')).deleteTaskSet },
  DeregisterContainerInstance: {
    load: async () => (await import('./operations/deregister-container-instance.ts')).deregisterContainerInstance,
  },
  DeregisterTaskDefinition: {
    load: async () => (await import('./operations/deregister-task-definition.ts')).deregisterTaskDefinition,
  },
  DescribeCapacityProviders: {
    load: async () => (await import('./operations/describe-capacity-providers.ts')).describeCapacityProviders,
  },
  DescribeClusters: describeClusters,
  DescribeContainerInstances: describeContainerInstances,
  DescribeExpressGatewayService: {
    load: async () => (await import('./operations/describe-express-gateway-service.ts')).describeExpressGatewayService,
  },
  DescribeServiceDeployments: {
    load: async () => (await import('./operations/describe-service-deployments.ts')).describeServiceDeployments,
  },
  DescribeServiceRevisions: {
    load: async () => (await import('./operations/describe-service-revisions.ts')).describeServiceRevisions,
  },
  DescribeServices: { load: async () => (await import('./operations/describe-services.ts')).describeServices },
  DescribeTaskDefinition: {
    load: async () => (await import('./operations/describe-task-definition.ts')).describeTaskDefinition,
  },
  DescribeTaskSets: { load: async () => (await import('./operations/describe-task-sets.ts')).describeTaskSets },
  DescribeTasks: describeTasks,
  DiscoverPollEndpoint: discoverPollEndpoint,
  ExecuteCommand: { load: async () => (await import('./operations/execute-command.ts')).executeCommand },
  GetTaskProtection: { load: async () => (await import('./operations/get-task-protection.ts')).getTaskProtection },
  ListAccountSettings: {
    load: async () => (await import('./operations/list-account-settings.ts')).listAccountSettings,
  },
  ListAttributes: { load: async () => (await import('./operations/list-attributes.ts')).listAttributes },
  ListClusters: listClusters,
  ListContainerInstances: listContainerInstances,
  ListServiceDeployments: {
    load: async () => (await import('./operations/list-service-deployments.ts')).listServiceDeployments,
  },
  ListServices: { load: async () => (await import('./operations/list-services.ts')).listServices },
  ListServicesByNamespace: {
    load: async () => (await import('./operations/list-services-by-namespace.ts')).listServicesByNamespace,
  },
  ListTagsForResource: {
    load: async () => (await import('./operations/list-tags-for-resource.ts')).listTagsForResource,
  },
  ListTaskDefinitionFamilies: {
    load: async () => (await import('./operations/list-task-definition-families.ts')).listTaskDefinitionFamilies,
  },
  ListTaskDefinitions: {
    load: async () => (await import('./operations/list-task-definitions.ts')).listTaskDefinitions,
  },
  ListTasks: listTasks,
  PutAccountSetting: { load: async () => (await import('./operations/put-account-setting.ts')).putAccountSetting },
  PutAccountSettingDefault: {
    load: async () => (await import('./operations/put-account-setting-default.ts')).putAccountSettingDefault,
  },
  PutAttributes: { load: async () => (await import('./operations/put-attributes.ts')).putAttributes },
  PutClusterCapacityProviders: {
    load: async () => (await import('./operations/put-cluster-capacity-providers.ts')).putClusterCapacityProviders,
  },
  RegisterContainerInstance: registerContainerInstance,
  RegisterTaskDefinition: {
    load: async () => (await import('./operations/register-task-definition.ts')).registerTaskDefinition,
  },
  RunTask: { load: async () => (await import('./operations/run-task.ts')).runTask },
  StartTask: { load: async () => (await import('./operations/start-task.ts')).startTask },
  StopServiceDeployment: {
    load: async () => (await import('./operations/stop-service-deployment.ts')).stopServiceDeployment,
  },
  StopTask: { load: async () => (await import('./operations/stop-task.ts')).stopTask },
  SubmitAttachmentStateChanges: submitAttachmentStateChanges,
  SubmitContainerStateChange: submitContainerStateChange,
  SubmitTaskStateChange: submitTaskStateChange,
  TagResource: { load: async () => (await import('./operations/tag-resource.ts')).tagResource },
  UntagResource: { load: async () => (await import('./operations/untag-resource.ts')).untagResource },
  UpdateCapacityProvider: {
    load: async () => (await import('./operations/update-capacity-provider.ts')).updateCapacityProvider,
  },
  UpdateCluster: { load: async () => (await import('./operations/update-cluster.ts')).updateCluster },
  UpdateClusterSettings: {
    load: async () => (await import('./operations/update-cluster-settings.ts')).updateClusterSettings,
  },
  UpdateContainerAgent: {
    load: async () => (await import('./operations/update-container-agent.ts')).updateContainerAgent,
  },
  UpdateContainerInstancesState: {
    load: async () => (await import('./operations/update-container-instances-state.ts')).updateContainerInstancesState,
  },
  UpdateExpressGatewayService: {
    load: async () => (await import('./operations/update-express-gateway-service.ts')).updateExpressGatewayService,
  },
  UpdateService: { load: async () => (await import('./operations/update-service.ts')).updateService },
  UpdateServicePrimaryTaskSet: {
    load: async () => (await import('./operations/update-service-primary-task-set.ts')).updateServicePrimaryTaskSet,
  },
  UpdateTaskProtection: {
    load: async () => (await import('./operations/update-task-protection.ts')).updateTaskProtection,
  },
  UpdateTaskSet: { load: async () => (await import('./operations/update-task-set.ts')).updateTaskSet },
}

export const ecsService = (deps: ServicesDeps): ServiceDefinition => ({
  ...ECS,
  model: ecsModel,
  faults: { invalidInput: 'InvalidParameterException', missingMember },
  numbers: ecsNumbers,
  operations: new Set(Object.keys(operations)),
  call: performer({
    store: deps.store,
    service: 'ecs',
    table: operations,
    deps,
    guard: deps.guard,
    isOpenToRoot: true,
  }),
})
