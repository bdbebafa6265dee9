/** Every rule of RegisterTaskDefinition, in the order in which they are checked; the first that is broken answers. */
import type { RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs'
import { requiredCompatibilitiesHold } from './compatibilities.ts'
import { credentialsAreValid, environmentIsValid, hostNamesAreValid, secretsAreValid } from './environment.ts'
import { firelensIsValid, logRouterIsThere } from './firelens.ts'
import { healthCheckIsValid, restartPolicyIsValid, timeoutsAreValid, versionConsistencyIsValid } from './lifecycle.ts'
import { linuxParametersAreValid, securityOptionsAreValid, systemControlsAreValid, ulimitsAreValid } from './linux.ts'
import { logConfigurationIsValid } from './logging.ts'
import { containersAreCountedAndNamed, familyIsValid, imageIsValid, oneContainerIsEssential } from './names.ts'
import { hostPortsAreDistinct, portMappingsAreValid, portNamesAreDistinct } from './ports.ts'
import {
  dependenciesAreValid,
  linksAreValid,
  mountPointsAreValid,
  referencesHaveNoCycle,
  volumesFromAreValid,
} from './references.ts'
import {
  containerCpuIsValid,
  containerMemoryIsValid,
  containersFitIntoTask,
  resourceRequirementsAreValid,
  taskSizeIsValid,
} from './resources.ts'
import type { ContainerRule, TaskRule } from './rule.ts'
import {
  acceleratorsAreGone,
  ephemeralStorageIsValid,
  faultInjectionFitsNetwork,
  modesAreValid,
  placementConstraintsAreValid,
  proxyConfigurationIsValid,
  rolesAreValid,
  runtimePlatformIsValid,
} from './task-level.ts'
import { volumesAreValid } from './volumes.ts'

const rulesOfTask: readonly TaskRule[] = [
  familyIsValid,
  modesAreValid,
  rolesAreValid,
  taskSizeIsValid,
  containersAreCountedAndNamed,
  oneContainerIsEssential,
  volumesAreValid,
]

const rulesOfContainer: readonly ContainerRule[] = [
  imageIsValid,
  containerCpuIsValid,
  containerMemoryIsValid,
  resourceRequirementsAreValid,
  portMappingsAreValid,
  environmentIsValid,
  secretsAreValid,
  credentialsAreValid,
  hostNamesAreValid,
  mountPointsAreValid,
  volumesFromAreValid,
  linksAreValid,
  dependenciesAreValid,
  healthCheckIsValid,
  restartPolicyIsValid,
  timeoutsAreValid,
  versionConsistencyIsValid,
  linuxParametersAreValid,
  ulimitsAreValid,
  systemControlsAreValid,
  securityOptionsAreValid,
  logConfigurationIsValid,
  firelensIsValid,
]

/** These look at containers that are valid each by itself. */
const rulesOfWhole: readonly TaskRule[] = [
  containersFitIntoTask,
  hostPortsAreDistinct,
  portNamesAreDistinct,
  referencesHaveNoCycle,
  logRouterIsThere,
  placementConstraintsAreValid,
  proxyConfigurationIsValid,
  ephemeralStorageIsValid,
  runtimePlatformIsValid,
  acceleratorsAreGone,
  faultInjectionFitsNetwork,
  requiredCompatibilitiesHold,
]

/** Throws `ClientException` for the first rule that the request breaks. */
export const checkTaskDefinition = (task: RegisterTaskDefinitionRequest): void => {
  for (const rule of rulesOfTask) rule(task)
  for (const container of task.containerDefinitions ?? []) for (const rule of rulesOfContainer) rule(container, task)
  for (const rule of rulesOfWhole) rule(task)
}
