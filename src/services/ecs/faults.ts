/** ECS's modelled faults, by the names its model gives them. Texts that more than one operation needs are fixed here. */
import { Fault } from '../../wire/fault.ts'

export const clientException = (message: string): Fault => new Fault({ code: 'ClientException', message })

export const invalidParameter = (message: string): Fault => new Fault({ code: 'InvalidParameterException', message })

export const accessDenied = (message: string): Fault => new Fault({ code: 'AccessDeniedException', message })

export const unsupportedFeature = (message: string): Fault =>
  new Fault({ code: 'UnsupportedFeatureException', message })

export const resourceInUse = (message: string): Fault => new Fault({ code: 'ResourceInUseException', message })

export const resourceNotFound = (message: string): Fault => new Fault({ code: 'ResourceNotFoundException', message })

export const targetNotFound = (message: string): Fault => new Fault({ code: 'TargetNotFoundException', message })

export const targetNotConnected = (
  message = 'The execute command failed due to an internal error. Try again later.',
): Fault => new Fault({ code: 'TargetNotConnectedException', message })

export const attributeLimitExceeded = (message: string): Fault =>
  new Fault({ code: 'AttributeLimitExceededException', message })

export const clusterNotFound = (): Fault =>
  new Fault({ code: 'ClusterNotFoundException', message: 'Cluster not found.' })

export const clusterContainsTasks = (): Fault =>
  new Fault({ code: 'ClusterContainsTasksException', message: 'The Cluster cannot be deleted while Tasks are active.' })

export const clusterContainsContainerInstances = (): Fault =>
  new Fault({
    code: 'ClusterContainsContainerInstancesException',
    message: 'The Cluster cannot be deleted while Container Instances are active or draining.',
  })

export const serviceNotFound = (): Fault =>
  new Fault({ code: 'ServiceNotFoundException', message: 'Service not found.' })

export const serviceNotActive = (): Fault =>
  new Fault({ code: 'ServiceNotActiveException', message: 'Service was not ACTIVE.' })

export const serviceDeploymentNotFound = (): Fault =>
  new Fault({ code: 'ServiceDeploymentNotFoundException', message: 'The service deployment was not found.' })

export const taskSetNotFound = (): Fault =>
  new Fault({ code: 'TaskSetNotFoundException', message: 'The specified task set does not exist.' })

export const conflict = (message: string): Fault => new Fault({ code: 'ConflictException', message })

export const namespaceNotFound = (): Fault =>
  new Fault({ code: 'NamespaceNotFoundException', message: 'Namespace not found.' })

export const clusterContainsServices = (): Fault =>
  new Fault({
    code: 'ClusterContainsServicesException',
    message: 'The Cluster cannot be deleted while Services are active.',
  })
