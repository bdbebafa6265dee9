/**
 * What ECS says where a required member is absent, or empty, which is the same to it. Members that are not named here, and those of
 * nested structures, get the sentence that all AWS services have.
 */
import { Fault, type FaultDetails } from '../../wire/fault.ts'

// AWS: as its clients report them, e.g. https://github.com/nextflow-io/nextflow/issues/1658 and
// https://github.com/gchq/sleeper/issues/3387 for container instances, https://github.com/awsdocs/aws-cloudformation-user-guide/pull/454
// for task definitions.
const SENTENCES = {
  attributes: 'Attributes cannot be empty.',
  cluster: 'Cluster can not be blank.',
  containerDefinitions: 'Container list cannot be empty.',
  containerInstance: 'Container instance can not be blank.',
  containerInstances: 'Container instance cannot be empty.',
  family: 'Family can not be blank.',
  hookId: 'Hook ID can not be blank.',
  namespace: 'Namespace can not be blank.',
  primaryTaskSet: 'Primary task set can not be blank.',
  protectionEnabled: 'Protection enabled can not be blank.',
  scale: 'Scale can not be blank.',
  service: 'Service can not be blank.',
  serviceDeploymentArn: 'Service deployment ARN can not be blank.',
  serviceDeploymentArns: 'Service deployment ARNs cannot be empty.',
  serviceName: 'Service name can not be blank.',
  serviceRevisionArns: 'Service revision ARNs cannot be empty.',
  services: 'Services cannot be empty.',
  task: 'Task can not be blank.',
  taskDefinition: 'TaskDefinition can not be blank.',
  taskDefinitions: 'Task definitions cannot be empty.',
  taskSet: 'TaskSet can not be blank.',
  tasks: 'Tasks cannot be empty.',
} as const

type Named = keyof typeof SENTENCES

/** What RegisterTaskDefinition finds wrong is a ClientException. */
const OF_TASK_DEFINITIONS: ReadonlySet<string> = new Set<Named>(['containerDefinitions', 'family'])

export const missing = (member: Named): Fault =>
  new Fault({
    code: OF_TASK_DEFINITIONS.has(member) ? 'ClientException' : 'InvalidParameterException',
    message: SENTENCES[member],
  })

/** For the wire; undefined for members that ECS has no words of its own for. */
export const missingMember = (_operation: string, path: string): FaultDetails | undefined =>
  Object.hasOwn(SENTENCES, path) ? missing(path as Named) : undefined
