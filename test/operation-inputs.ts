/**
 * Plausible inputs for every operation of every service. They are made from the models: each required member has the value that stands for
 * its name here, so that a new operation with a member of a new name has none until that has one.
 */
import { Model } from '../src/wire/schema.ts'
import type { ServiceDefinition } from '../src/wire/service.ts'
import { trusting } from './builders/a-role.ts'

export const ACCOUNT = '000000000000'
const ecs = (resource: string): string => `arn:aws:ecs:us-east-1:${ACCOUNT}:${resource}`
const iam = (resource: string): string => `arn:aws:iam::${ACCOUNT}:${resource}`
const elb = (resource: string): string => `arn:aws:elasticloadbalancing:us-east-1:${ACCOUNT}:${resource}`
const TASK_ID = '0123456789abcdef0123456789abcdef'
const DOCUMENT = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'ecs:ListClusters', Resource: '*' }],
})

/** What there is for operations to name. */
export interface Site {
  readonly keyId: string
  readonly secretArn: string
}

type Values = Readonly<Record<string, unknown>>

/** Values of required members by name, and of others by operation, where without them the operation would ask for less. */
interface Inputs {
  readonly members: Values
  readonly operations?: Readonly<Record<string, Values>>
}

const capitalTags = [{ Key: 'Stage', Value: 'test' }]
const lowerTags = [{ key: 'Stage', value: 'test' }]
export const roles = { taskRoleArn: iam('role/app'), executionRoleArn: iam('role/pull') }

const inputsOf: Readonly<Record<string, (site: Site) => Inputs>> = {
  acm: () => ({
    members: {
      Certificate: Buffer.from('certificate'),
      CertificateArn: `arn:aws:acm:us-east-1:${ACCOUNT}:certificate/12345678-1234-1234-1234-123456789012`,
      Domain: 'www.example.com',
      DomainName: 'www.example.com',
      IdempotencyToken: 't1',
      Options: { Export: 'ENABLED' },
      Passphrase: Buffer.from('open sesame'),
      PrivateKey: Buffer.from('key'),
      RevocationReason: 'SUPERSEDED',
      Tags: capitalTags,
      ValidationDomain: 'example.com',
    },
    operations: { ImportCertificate: { Tags: capitalTags }, RequestCertificate: { Tags: capitalTags } },
  }),
  cloudtrail: () => ({ members: {} }),
  ec2: () => ({
    members: {
      AssociationId: 'rtbassoc-0123456789abcdef0',
      Attribute: 'enableDnsSupport',
      CidrBlock: '10.0.0.0/24',
      Description: 'web',
      GroupId: 'sg-0123456789abcdef0',
      GroupName: 'web',
      InstanceTenancy: 'default',
      InternetGatewayId: 'igw-0123456789abcdef0',
      Resources: ['vpc-0123456789abcdef0'],
      RouteTableId: 'rtb-0123456789abcdef0',
      SecurityGroupRules: [{ SecurityGroupRuleId: 'sgr-0123456789abcdef0', SecurityGroupRule: { IpProtocol: '-1' } }],
      SubnetId: 'subnet-0123456789abcdef0',
      Tags: capitalTags,
      VpcId: 'vpc-0123456789abcdef0',
    },
    operations: {
      CreateSecurityGroup: { TagSpecifications: [{ ResourceType: 'security-group', Tags: capitalTags }] },
      DeleteSecurityGroup: { GroupId: 'sg-0123456789abcdef0' },
    },
  }),
  ecr: () => ({
    members: {
      imageId: { imageTag: 'v1' },
      imageIds: [{ imageTag: 'v1' }],
      imageManifest: '{}',
      imageScanningConfiguration: { scanOnPush: true },
      imageTagMutability: 'IMMUTABLE',
      layerDigest: `sha256:${'a'.repeat(64)}`,
      layerDigests: [`sha256:${'a'.repeat(64)}`],
      layerPartBlob: Buffer.from('layer'),
      lifecyclePolicyText: '{}',
      name: 'BLOB_MOUNTING',
      partFirstByte: 0,
      partLastByte: 4,
      policyText: DOCUMENT,
      appliedFor: ['CREATE_ON_PUSH'],
      replicationConfiguration: { rules: [] },
      destination: { region: 'eu-west-1', registryId: ACCOUNT },
      replicationBackfillId: '7c3b1f0e-2a55-4a7e-9f51-0f3c2b7d9e10',
      ecrRepositoryPrefix: 'hub',
      upstreamRegistryUrl: 'registry.example.com',
      prefix: 'team',
      repositoryName: 'team/web',
      principalArn: iam('user/ada'),
      repositoryNames: ['team/web'],
      resourceArn: `arn:aws:ecr:us-east-1:${ACCOUNT}:repository/team/web`,
      subjectId: { imageDigest: `sha256:${'a'.repeat(64)}` },
      tagKeys: ['Stage'],
      tags: capitalTags,
      targetStorageClass: 'ARCHIVE',
      uploadId: 'u1',
      value: 'ENABLED',
    },
    operations: { CreateRepository: { tags: capitalTags } },
  }),
  ecs: () => ({
    members: {
      attachments: [{ attachmentArn: ecs('attachment/a1'), status: 'ATTACHED' }],
      attributes: [{ name: 'rack', value: '1', targetType: 'container-instance', targetId: 'i1' }],
      capacityProvider: 'racks',
      capacityProviders: ['racks'],
      cluster: 'default',
      command: 'sh',
      containerDefinitions: [{ name: 'app', image: 'busybox', memory: 64 }],
      containerInstance: 'i1',
      containerInstances: ['i1', 'i2'],
      defaultCapacityProviderStrategy: [],
      family: 'web',
      hookId: 'h1',
      infrastructureRoleArn: iam('role/infrastructure'),
      interactive: true,
      name: 'containerInsights',
      namespace: 'local',
      primaryTaskSet: 'ecs-svc/1',
      protectionEnabled: true,
      resourceArn: ecs(`task/default/${TASK_ID}`),
      scale: { value: 50, unit: 'PERCENT' },
      service: 'web',
      serviceDeploymentArn: ecs('service-deployment/default/web/d1'),
      serviceDeploymentArns: [ecs('service-deployment/default/web/d1')],
      serviceArn: ecs('service/default/web'),
      serviceName: 'web',
      serviceRevisionArns: [ecs('service-revision/default/web/1')],
      services: ['web', 'db'],
      settings: [{ name: 'containerInsights', value: 'enabled' }],
      status: 'DRAINING',
      tagKeys: ['Stage'],
      tags: lowerTags,
      targetType: 'container-instance',
      task: TASK_ID,
      taskDefinition: 'web:1',
      taskDefinitions: ['web:1', 'web:2'],
      taskSet: 'ecs-svc/1',
      tasks: [TASK_ID],
      value: 'enabled',
    },
    operations: {
      CreateCapacityProvider: { tags: lowerTags },
      CreateCluster: { tags: lowerTags },
      CreateExpressGatewayService: {
        ...roles,
        primaryContainer: { image: 'web' },
        serviceName: 'web',
        tags: lowerTags,
      },
      CreateService: { taskDefinition: 'web:1', tags: lowerTags },
      CreateTaskSet: { tags: lowerTags },
      RegisterContainerInstance: { tags: lowerTags },
      RegisterTaskDefinition: { ...roles, tags: lowerTags },
      RunTask: { overrides: roles, tags: lowerTags },
      StartTask: { overrides: roles, tags: lowerTags },
      UpdateExpressGatewayService: roles,
      UpdateService: { taskDefinition: 'web:1' },
    },
  }),
  elasticloadbalancing: () => ({
    members: {
      Actions: [{ Type: 'forward', TargetGroupArn: elb('targetgroup/web/0123456789abcdef') }],
      Attributes: [{ Key: 'deletion_protection.enabled', Value: 'true' }],
      CaCertificatesBundleS3Bucket: 'bucket',
      CaCertificatesBundleS3Key: 'key',
      Certificates: [{ CertificateArn: `arn:aws:acm:us-east-1:${ACCOUNT}:certificate/${'0'.repeat(36)}` }],
      Conditions: [{ Field: 'path-pattern', Values: ['/x'] }],
      DefaultActions: [{ Type: 'forward', TargetGroupArn: elb('targetgroup/web/0123456789abcdef') }],
      IpAddressType: 'ipv4',
      ListenerArn: elb('listener/app/web/0123456789abcdef/0123456789abcdef'),
      LoadBalancerArn: elb('loadbalancer/app/web/0123456789abcdef'),
      Name: 'web',
      Priority: 1,
      ResourceArn: elb('truststore/clients/0123456789abcdef'),
      ResourceArns: [elb('loadbalancer/app/web/0123456789abcdef'), elb('targetgroup/web/0123456789abcdef')],
      RevocationId: 1,
      RevocationIds: [1],
      RuleArn: elb('listener-rule/app/web/0123456789abcdef/0123456789abcdef/0123456789abcdef'),
      RulePriorities: [
        { RuleArn: elb('listener-rule/app/web/0123456789abcdef/0123456789abcdef/0123456789abcdef'), Priority: 2 },
      ],
      SecurityGroups: ['sg-0123456789abcdef0'],
      TagKeys: ['Stage'],
      Tags: capitalTags,
      TargetGroupArn: elb('targetgroup/web/0123456789abcdef'),
      Targets: [{ Id: '10.0.0.1' }],
      TrustStoreArn: elb('truststore/clients/0123456789abcdef'),
    },
    operations: {
      CreateLoadBalancer: { Subnets: ['subnet-0123456789abcdef0'], Tags: capitalTags },
      CreateTargetGroup: { Tags: capitalTags },
    },
  }),
  iam: () => ({
    members: {
      AccessKeyId: 'AKIAIOSFODNN7EXAMPLE',
      AccountAlias: 'acme',
      ActionNames: ['ecs:ListClusters'],
      AssumeRolePolicyDocument: trusting({ Service: 'ecs-tasks.amazonaws.com' }),
      AWSServiceName: 'ecs.amazonaws.com',
      CertificateBody: 'certificate',
      ClientID: 'sts.amazonaws.com',
      DeletionTaskId:
        'task/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS/1234abcd-12ab-34cd-56ef-1234567890ab',
      Description: 'as before',
      GroupName: 'staff',
      InstanceProfileName: 'hosts',
      OpenIDConnectProviderArn: iam('oidc-provider/id.example.com'),
      PermissionsBoundary: iam('policy/bounds'),
      PolicyArn: iam('policy/read'),
      PolicyDocument: DOCUMENT,
      PolicyInputList: [DOCUMENT],
      PolicyName: 'read',
      PolicySourceArn: iam('user/ada'),
      PrivateKey: 'key',
      RoleName: 'app',
      ServerCertificateName: 'site',
      Status: 'Inactive',
      TagKeys: ['Stage'],
      Tags: capitalTags,
      ThumbprintList: ['0'.repeat(40)],
      Url: 'https://id.example.com',
      UserName: 'ada',
      VersionId: 'v1',
    },
    operations: { CreateUser: { Tags: capitalTags }, CreateRole: { Tags: capitalTags } },
  }),
  kms: ({ keyId }) => ({
    members: {
      AliasName: 'alias/data',
      Description: 'as before',
      DestinationKeyId: keyId,
      GrantId: '0'.repeat(64),
      GranteePrincipal: iam('user/ada'),
      KeyId: keyId,
      Operations: ['Decrypt'],
      Plaintext: Buffer.from('text'),
      Policy: DOCUMENT,
      RetiringPrincipal: iam('user/ada'),
      TagKeys: ['Stage'],
      Tags: [{ TagKey: 'Stage', TagValue: 'test' }],
      TargetKeyId: keyId,
    },
    operations: {
      CreateKey: { Tags: [{ TagKey: 'Stage', TagValue: 'test' }] },
      Decrypt: { KeyId: keyId, CiphertextBlob: Buffer.from('text') },
      GenerateDataKey: { KeySpec: 'AES_256' },
      ReEncrypt: { SourceKeyId: keyId, CiphertextBlob: Buffer.from('text') },
      RetireGrant: { KeyId: keyId, GrantId: '0'.repeat(64) },
    },
  }),
  logs: () => ({
    members: {
      deletionProtectionEnabled: false,
      destination: 'bucket',
      from: 0,
      kmsKeyId: `arn:aws:kms:us-east-1:${ACCOUNT}:key/${'0'.repeat(8)}-0000-0000-0000-${'0'.repeat(12)}`,
      logGroupIdentifiers: [`arn:aws:logs:us-east-1:${ACCOUNT}:log-group:/app/web`],
      policyDocument: '{"Fields":["requestId"]}',
      taskId: 'task',
      to: 1,
      accessPolicy: DOCUMENT,
      destinationArn: `arn:aws:logs:us-east-1:${ACCOUNT}:destination:collector`,
      destinationName: 'collector',
      filterName: 'errors',
      filterPattern: 'ERROR',
      logEventMessages: ['an ERROR'],
      logEvents: [{ timestamp: Date.UTC(2026, 0, 1), message: 'hello' }],
      logGroupIdentifier: '/app/web',
      logGroupName: '/app/web',
      logRecordPointer: 'none',
      logStreamName: 'web/1',
      metricTransformations: [{ metricNamespace: 'App', metricName: 'Errors', metricValue: '1' }],
      name: 'errors',
      queryDefinitionId: '0'.repeat(36),
      queryId: '0'.repeat(36),
      queryString: 'fields @message',
      startTime: 0,
      endTime: 1,
      resourceArn: `arn:aws:logs:us-east-1:${ACCOUNT}:log-group:/app/web`,
      retentionInDays: 7,
      roleArn: iam('role/deliver'),
      targetArn: 'https://collector.example.com/logs',
      tagKeys: ['Stage'],
      tags: { Stage: 'test' },
    },
    operations: {
      CreateLogGroup: { tags: { Stage: 'test' } },
      DescribeLogStreams: { logGroupName: '/app/web' },
      FilterLogEvents: { logGroupName: '/app/web' },
      GetLogEvents: { logGroupName: '/app/web' },
      GetLogGroupFields: { logGroupName: '/app/web' },
      PutDestination: { tags: { Stage: 'test' } },
      StartQuery: { logGroupName: '/app/web' },
      AssociateKmsKey: { logGroupName: '/app/web' },
      DisassociateKmsKey: { logGroupName: '/app/web' },
      UntagLogGroup: { tags: ['Stage'] },
    },
  }),
  secretsmanager: ({ secretArn }) => ({
    members: {
      Name: 'db',
      ResourcePolicy: DOCUMENT,
      SecretId: secretArn,
      TagKeys: ['Stage'],
      Tags: capitalTags,
      VersionStage: 'AWSCURRENT',
    },
    operations: {
      CreateSecret: { SecretString: 's3cret', Tags: capitalTags },
      BatchGetSecretValue: { SecretIdList: [secretArn] },
      PutSecretValue: { SecretString: 's3cret' },
      UpdateSecret: { SecretString: 's3cret' },
    },
  }),
  ssm: () => ({
    members: {
      ActivationId: '01234567-89ab-cdef-0123-456789abcdef',
      IamRole: 'app',
      InstanceId: 'mi-0123456789abcdef0',
      Labels: ['good'],
      Name: '/app/password',
      Names: ['/app/password', '/app/name'],
      ParameterVersion: 1,
      Path: '/app',
      ResourceId: '/app/password',
      ResourceType: 'Parameter',
      SessionId: 'ecs-execute-command-0123456789abcdef0123456789abcdef',
      State: 'Active',
      TagKeys: ['Stage'],
      Tags: capitalTags,
      Target: `ecs:default_${TASK_ID}_0123`,
      Value: 's3cret',
    },
    operations: {
      GetParameter: { WithDecryption: true },
      GetParameters: { WithDecryption: true },
      PutParameter: { Type: 'SecureString', Overwrite: true },
    },
  }),
  sts: () => ({
    members: {
      AccessKeyId: 'AKIAIOSFODNN7EXAMPLE',
      EncodedMessage: 'none',
      Name: 'guest',
      RoleArn: iam('role/app'),
      RoleSessionName: 's1',
      WebIdentityToken: 'none',
    },
  }),
}

const requiredMembers = (definition: ServiceDefinition, operation: string): readonly string[] => {
  const shape = new Model(definition.model(), definition.numbers).operations.get(operation)
  return (shape?.input.members ?? []).filter(({ required }) => required).map(({ name }) => name)
}

export const inputFor = (definition: ServiceDefinition, operation: string, site: Site): object => {
  const inputs = inputsOf[definition.name]?.(site)
  if (inputs === undefined) throw new Error(`${definition.name} has no inputs`)
  const required = requiredMembers(definition, operation).map((name) => {
    if (!Object.hasOwn(inputs.members, name))
      throw new Error(`${definition.name}:${operation} needs a plausible value for ${name}`)
    return [name, inputs.members[name]] as const
  })
  return { ...Object.fromEntries(required), ...inputs.operations?.[operation] }
}
