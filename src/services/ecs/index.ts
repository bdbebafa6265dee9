/** Amazon ECS: every operation that has a handler, by its name. */
import type { ServiceDefinition } from '../../wire/service.ts'
import { performer } from '../operations.ts'
import { ecsModel } from './agent-model.ts'
import { ECS } from '../addresses.ts'
import type { ServicesDeps } from '../deps.ts'
import type { EcsOperationTable } from './context.ts'
import { missingMember } from './missing-member.ts'
import { ecsNumbers } from './numbers.ts'
import { continueServiceDeployment } from './operations/continue-service-deployment.ts'
import { createCapacityProvider } from './operations/create-capacity-provider.ts'
import { createCluster } from './operations/create-cluster.ts'
import { createService } from './operations/create-service.ts'
import { createTaskSet } from './operations/create-task-set.ts'
import { deleteAccountSetting } from './operations/delete-account-setting.ts'
import { deleteAttributes } from './operations/delete-attributes.ts'
import { deleteCapacityProvider } from './operations/delete-capacity-provider.ts'
import { deleteCluster } from './operations/delete-cluster.ts'
import { deleteService } from './operations/delete-service.ts'
import { deleteTaskDefinitions } from './operations/delete-task-definitions.ts'
import { deleteTaskSet } from './operations/delete-task-set.ts'
import { deregisterContainerInstance } from './operations/deregister-container-instance.ts'
import { deregisterTaskDefinition } from './operations/deregister-task-definition.ts'
import { describeCapacityProviders } from './operations/describe-capacity-providers.ts'
import { describeClusters } from './operations/describe-clusters.ts'
import { describeContainerInstances } from './operations/describe-container-instances.ts'
import { describeServiceDeployments } from './operations/describe-service-deployments.ts'
import { describeServiceRevisions } from './operations/describe-service-revisions.ts'
import { describeServices } from './operations/describe-services.ts'
import { describeTaskDefinition } from './operations/describe-task-definition.ts'
import { describeTaskSets } from './operations/describe-task-sets.ts'
import { describeTasks } from './operations/describe-tasks.ts'
import { discoverPollEndpoint } from './operations/discover-poll-endpoint.ts'
import { executeCommand } from './operations/execute-command.ts'
import { getTaskProtection } from './operations/get-task-protection.ts'
import { listAccountSettings } from './operations/list-account-settings.ts'
import { listAttributes } from './operations/list-attributes.ts'
import { listClusters } from './operations/list-clusters.ts'
import { listContainerInstances } from './operations/list-container-instances.ts'
import { listServiceDeployments } from './operations/list-service-deployments.ts'
import { listServicesByNamespace } from './operations/list-services-by-namespace.ts'
import { listServices } from './operations/list-services.ts'
import { listTagsForResource } from './operations/list-tags-for-resource.ts'
import { listTaskDefinitionFamilies } from './operations/list-task-definition-families.ts'
import { listTaskDefinitions } from './operations/list-task-definitions.ts'
import { listTasks } from './operations/list-tasks.ts'
import { putAccountSettingDefault } from './operations/put-account-setting-default.ts'
import { putAccountSetting } from './operations/put-account-setting.ts'
import { putAttributes } from './operations/put-attributes.ts'
import { putClusterCapacityProviders } from './operations/put-cluster-capacity-providers.ts'
import { registerContainerInstance } from './operations/register-container-instance.ts'
import { registerTaskDefinition } from './operations/register-task-definition.ts'
import { runTask } from './operations/run-task.ts'
import { startTask } from './operations/start-task.ts'
import { stopServiceDeployment } from './operations/stop-service-deployment.ts'
import { stopTask } from './operations/stop-task.ts'
import { submitAttachmentStateChanges } from './operations/submit-attachment-state-changes.ts'
import { submitContainerStateChange } from './operations/submit-container-state-change.ts'
import { submitTaskStateChange } from './operations/submit-task-state-change.ts'
import { tagResource } from './operations/tag-resource.ts'
import { untagResource } from './operations/untag-resource.ts'
import { updateCapacityProvider } from './operations/update-capacity-provider.ts'
import { updateClusterSettings } from './operations/update-cluster-settings.ts'
import { updateCluster } from './operations/update-cluster.ts'
import { updateContainerAgent } from './operations/update-container-agent.ts'
import { updateContainerInstancesState } from './operations/update-container-instances-state.ts'
import { updateServicePrimaryTaskSet } from './operations/update-service-primary-task-set.ts'
import { updateService } from './operations/update-service.ts'
import { updateTaskProtection } from './operations/update-task-protection.ts'
import { updateTaskSet } from './operations/update-task-set.ts'

const operations: EcsOperationTable = {
  ContinueServiceDeployment: continueServiceDeployment,
  CreateCapacityProvider: createCapacityProvider,
  CreateCluster: createCluster,
  CreateService: createService,
  CreateTaskSet: createTaskSet,
  DeleteAccountSetting: deleteAccountSetting,
  DeleteAttributes: deleteAttributes,
  DeleteCapacityProvider: deleteCapacityProvider,
  DeleteCluster: deleteCluster,
  DeleteService: deleteService,
  DeleteTaskDefinitions: deleteTaskDefinitions,
  DeleteTaskSet: deleteTaskSet,
  DeregisterContainerInstance: deregisterContainerInstance,
  DeregisterTaskDefinition: deregisterTaskDefinition,
  DescribeCapacityProviders: describeCapacityProviders,
  DescribeClusters: describeClusters,
  DescribeContainerInstances: describeContainerInstances,
  DescribeServiceDeployments: describeServiceDeployments,
  DescribeServiceRevisions: describeServiceRevisions,
  DescribeServices: describeServices,
  DescribeTaskDefinition: describeTaskDefinition,
  DescribeTaskSets: describeTaskSets,
  DescribeTasks: describeTasks,
  DiscoverPollEndpoint: discoverPollEndpoint,
  ExecuteCommand: executeCommand,
  GetTaskProtection: getTaskProtection,
  ListAccountSettings: listAccountSettings,
  ListAttributes: listAttributes,
  ListClusters: listClusters,
  ListContainerInstances: listContainerInstances,
  ListServiceDeployments: listServiceDeployments,
  ListServices: listServices,
  ListServicesByNamespace: listServicesByNamespace,
  ListTagsForResource: listTagsForResource,
  ListTaskDefinitionFamilies: listTaskDefinitionFamilies,
  ListTaskDefinitions: listTaskDefinitions,
  ListTasks: listTasks,
  PutAccountSetting: putAccountSetting,
  PutAccountSettingDefault: putAccountSettingDefault,
  PutAttributes: putAttributes,
  PutClusterCapacityProviders: putClusterCapacityProviders,
  RegisterContainerInstance: registerContainerInstance,
  RegisterTaskDefinition: registerTaskDefinition,
  RunTask: runTask,
  StartTask: startTask,
  StopServiceDeployment: stopServiceDeployment,
  StopTask: stopTask,
  SubmitAttachmentStateChanges: submitAttachmentStateChanges,
  SubmitContainerStateChange: submitContainerStateChange,
  SubmitTaskStateChange: submitTaskStateChange,
  TagResource: tagResource,
  UntagResource: untagResource,
  UpdateCapacityProvider: updateCapacityProvider,
  UpdateCluster: updateCluster,
  UpdateClusterSettings: updateClusterSettings,
  UpdateContainerAgent: updateContainerAgent,
  UpdateContainerInstancesState: updateContainerInstancesState,
  UpdateService: updateService,
  UpdateServicePrimaryTaskSet: updateServicePrimaryTaskSet,
  UpdateTaskProtection: updateTaskProtection,
  UpdateTaskSet: updateTaskSet,
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
