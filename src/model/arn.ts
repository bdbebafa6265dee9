/**
 * ARNs, built and parsed here only.
 * Formats: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html
 */

export interface Arn {
  readonly partition: string
  readonly service: string
  readonly region: string
  readonly account: string
  /** Everything after the fifth colon, e.g. `task/default/0123`. */
  readonly resource: string
}

/** The parts of an ARN, or undefined if the text is not one. */
export const parseArn = (text: string): Arn | undefined => {
  const parts = text.split(':')
  const [prefix, partition, service, region, account] = parts
  if (prefix !== 'arn' || !partition || !service || region === undefined || account === undefined || parts.length < 6)
    return undefined
  return { partition, service, region, account, resource: parts.slice(5).join(':') }
}

export const isArn = (text: string): boolean => text.startsWith('arn:')

const ecs = (region: string, account: string, resource: string): string =>
  `arn:aws:ecs:${region}:${account}:${resource}`

/** IAM is the same in every region, so its ARNs name none. `path` begins and ends with a slash; `name` may begin with a path of its own. */
const iam =
  (type: string) =>
  (account: string, name: string, path = '/'): string =>
    `arn:aws:iam::${account}:${type}${path}${name}`

export const userArn = iam('user')
export const groupArn = iam('group')
export const roleArn = iam('role')
export const instanceProfileArn = iam('instance-profile')
export const serverCertificateArn = iam('server-certificate')

/** A session of a role. AWS: the role's path is not part of it. */
export const assumedRoleArn = (account: string, roleName: string, sessionName: string): string =>
  `arn:aws:sts::${account}:assumed-role/${roleName}/${sessionName}`

/** The root user of an account. */
export const rootArn = (account: string): string => `arn:aws:iam::${account}:root`

/** `url` without its scheme, e.g. `token.example.com/tenant`. */
export const oidcProviderArn = (account: string, url: string): string => `arn:aws:iam::${account}:oidc-provider/${url}`

/** Who has credentials of GetFederationToken. */
export const federatedUserArn = (account: string, name: string): string =>
  `arn:aws:sts::${account}:federated-user/${name}`

/** A managed policy; the account of AWS's own is `aws`. */
export const policyArn = iam('policy')

export const clusterArn = (region: string, account: string, clusterName: string): string =>
  ecs(region, account, `cluster/${clusterName}`)

export const taskDefinitionArn = (region: string, account: string, family: string, revision: number): string =>
  ecs(region, account, `task-definition/${family}:${revision}`)

/** A family has no ARN of its own in ECS; this prefix of its revisions' ARNs names it in the store. */
export const taskDefinitionFamilyArn = (region: string, account: string, family: string): string =>
  ecs(region, account, `task-definition/${family}`)

/** Resources of a cluster carry its name in their ARN: `<prefix>:<type>/<cluster name>/<id>`. */
const inCluster = (cluster: string, type: string, id: string): string =>
  cluster.replace(':cluster/', `:${type}/`) + '/' + id

export const taskArn = (cluster: string, taskId: string): string => inCluster(cluster, 'task', taskId)

export const containerInstanceArn = (cluster: string, containerInstanceId: string): string =>
  inCluster(cluster, 'container-instance', containerInstanceId)

export const containerArn = (cluster: string, taskId: string, containerId: string): string =>
  `${inCluster(cluster, 'container', taskId)}/${containerId}`

export const serviceArn = (cluster: string, serviceName: string): string => inCluster(cluster, 'service', serviceName)

/** The ARN of the cluster that a service's ARN names. */
export const clusterArnOfService = (service: string): string =>
  service.slice(0, service.lastIndexOf('/')).replace(':service/', ':cluster/')

/** Resources of a service carry its cluster and name: `<prefix>:<type>/<cluster name>/<service name>/<id>`. */
const inService = (service: string, type: string, id: string): string =>
  `${service.replace(':service/', `:${type}/`)}/${id}`

export const serviceRevisionArn = (service: string, revisionId: string): string =>
  inService(service, 'service-revision', revisionId)

export const serviceDeploymentArn = (service: string, id: string): string =>
  inService(service, 'service-deployment', id)

export const taskSetArn = (service: string, taskSetId: string): string => inService(service, 'task-set', taskSetId)

export const capacityProviderArn = (region: string, account: string, name: string): string =>
  ecs(region, account, `capacity-provider/${name}`)

/** Names of deployments and task sets begin so; the tasks they hold have their id in `startedBy`. */
const DEPLOYMENT_PREFIX = 'ecs-svc/'

/** The deployment of a revision has the revision's number. */
export const deploymentIdOf = (serviceRevision: string): string => DEPLOYMENT_PREFIX + resourceId(serviceRevision)

export const isDeploymentId = (startedBy: string): boolean => startedBy.startsWith(DEPLOYMENT_PREFIX)

const SERVICE_GROUP = 'service:'

/** The task group of a service's tasks. */
export const serviceGroup = (serviceName: string): string => SERVICE_GROUP + serviceName

/** The service that a task group stands for, if it does. */
export const serviceNameOfGroup = (group: string): string | undefined =>
  group.startsWith(SERVICE_GROUP) ? group.slice(SERVICE_GROUP.length) : undefined

/** The last segment of a resource's ARN: the name of a cluster, the id of a task or container instance. */
export const resourceId = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1)

/** `family` and `revision` of a task definition's ARN or of `family:revision`. */
export const taskDefinitionOf = (arn: string): { family: string; revision: number } => {
  const [family = '', revision = ''] = resourceId(arn).split(':')
  return { family, revision: Number(revision) }
}

export const clusterNameOf = (arn: string): string => resourceId(arn)

export const kmsKeyArn = (region: string, account: string, keyId: string): string =>
  `arn:aws:kms:${region}:${account}:key/${keyId}`

/** `aliasName` begins with `alias/`. */
export const kmsAliasArn = (region: string, account: string, aliasName: string): string =>
  `arn:aws:kms:${region}:${account}:${aliasName}`

/** `idOfSecret` is the secret's name, a hyphen and six random characters. */
export const secretArn = (region: string, account: string, idOfSecret: string): string =>
  `arn:aws:secretsmanager:${region}:${account}:secret:${idOfSecret}`

const PARAMETER_PREFIX = 'parameter/'

/** Of a parameter's name or path. AWS: a name at the root has the same ARN with and without its slash. */
export const parameterArn = (region: string, account: string, name: string): string =>
  `arn:aws:ssm:${region}:${account}:${PARAMETER_PREFIX}${name.replace(/^\//, '')}`

/** The name that a parameter's ARN stands for: a path where it has levels. Undefined if it is the ARN of something else. */
export const parameterNameOf = (arn: string): string | undefined => {
  const { service, resource = '' } = parseArn(arn) ?? {}
  if (service !== 'ssm' || !resource.startsWith(PARAMETER_PREFIX)) return undefined
  const name = resource.slice(PARAMETER_PREFIX.length)
  return name.includes('/') ? `/${name}` : name
}

/** All resources of Systems Manager in a region, for actions that have none of their own. */
export const anySsmArn = (region: string, account: string): string => `arn:aws:ssm:${region}:${account}:*`

/** A machine that joined by an activation of Systems Manager. */
export const managedInstanceArn = (region: string, account: string, instanceId: string): string =>
  `arn:aws:ssm:${region}:${account}:managed-instance/${instanceId}`

/** A session of Session Manager: here, of ECS Exec. */
export const sessionArn = (region: string, account: string, sessionId: string): string =>
  `arn:aws:ssm:${region}:${account}:session/${sessionId}`

const LOG_GROUP_PREFIX = 'log-group:'

export const logGroupArn = (region: string, account: string, groupName: string): string =>
  `arn:aws:logs:${region}:${account}:${LOG_GROUP_PREFIX}${groupName}`

/** AWS: an action on a group alone is on this ARN of it, with a stream that has no name, so that `<group's ARN>:*` allows it. */
export const logStreamArn = (groupArn: string, streamName = ''): string => `${groupArn}:log-stream:${streamName}`

/** The name of the group whose ARN it is, with or without the `:*` at its end. Undefined if it is the ARN of something else. */
export const logGroupNameOf = (arn: string): string | undefined => {
  const { service, resource = '' } = parseArn(arn) ?? {}
  if (service !== 'logs' || !resource.startsWith(LOG_GROUP_PREFIX)) return undefined
  return resource.slice(LOG_GROUP_PREFIX.length).replace(/:\*$/, '')
}

const LOG_DESTINATION_PREFIX = 'destination:'

/** Where subscription filters deliver to. */
export const logDestinationArn = (region: string, account: string, destinationName: string): string =>
  `arn:aws:logs:${region}:${account}:${LOG_DESTINATION_PREFIX}${destinationName}`

export const isLogDestinationArn = (arn: string): boolean => {
  const { service, resource = '' } = parseArn(arn) ?? {}
  return service === 'logs' && resource.startsWith(LOG_DESTINATION_PREFIX)
}

/** A repository of the container registry. */
export const repositoryArn = (region: string, account: string, name: string): string =>
  `arn:aws:ecr:${region}:${account}:repository/${name}`

const elb = (region: string, account: string, resource: string): string =>
  `arn:aws:elasticloadbalancing:${region}:${account}:${resource}`

const LOAD_BALANCER_KINDS = { application: 'app', network: 'net' } as const

/** `id`: 16 hexadecimal digits. */
export const loadBalancerArn = (
  region: string,
  account: string,
  type: keyof typeof LOAD_BALANCER_KINDS,
  name: string,
  id: string,
): string => elb(region, account, `loadbalancer/${LOAD_BALANCER_KINDS[type]}/${name}/${id}`)

/** A listener of a load balancer. */
export const listenerArn = (loadBalancer: string, id: string): string =>
  `${loadBalancer.replace(':loadbalancer/', ':listener/')}/${id}`

/** A rule of a listener. */
export const listenerRuleArn = (listener: string, id: string): string =>
  `${listener.replace(':listener/', ':listener-rule/')}/${id}`

export const targetGroupArn = (region: string, account: string, name: string, id: string): string =>
  elb(region, account, `targetgroup/${name}/${id}`)

export const trustStoreArn = (region: string, account: string, name: string, id: string): string =>
  elb(region, account, `truststore/${name}/${id}`)

/** A certificate of Certificate Manager. */
export const certificateArn = (region: string, account: string, certificateId: string): string =>
  `arn:aws:acm:${region}:${account}:certificate/${certificateId}`

const ELB_RESOURCE_KINDS = ['loadbalancer', 'targetgroup', 'listener', 'listener-rule', 'truststore'] as const

/** What an ARN of Elastic Load Balancing begins its resource with. */
export type ElbResourceKind = (typeof ELB_RESOURCE_KINDS)[number]

/** Undefined if it is the ARN of something else. */
export const elbResourceKind = (arn: string): ElbResourceKind | undefined => {
  const { service, resource = '' } = parseArn(arn) ?? {}
  if (service !== 'elasticloadbalancing') return undefined
  return ELB_RESOURCE_KINDS.find((kind) => resource.startsWith(`${kind}/`))
}

/** A resource of EC2, e.g. of type `vpc`. */
export const ec2Arn = (region: string, account: string, type: string, id: string): string =>
  `arn:aws:ec2:${region}:${account}:${type}/${id}`

/** An id of EC2: 17 hexadecimal digits behind what its kind begins with, e.g. `vpc`. */
export const ec2Id = (prefix: string, hex: string): string => `${prefix}-0${hex.slice(0, 16)}`
