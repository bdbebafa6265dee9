/**
 * Volumes of a task definition. Kinds that this system's agents cannot mount (EFS, FSx, S3 Files, EBS) are registered as ECS
 * registers them: the attribute that they need then keeps tasks off instances that lack it.
 */
import type {
  DockerVolumeConfiguration,
  EFSVolumeConfiguration,
  FSxWindowsFileServerVolumeConfiguration,
  RegisterTaskDefinitionRequest,
  S3FilesVolumeConfiguration,
  Volume,
} from '@aws-sdk/client-ecs'
import { ecsEnums } from '../enums.ts'
import { ECS_NAME } from '../lookups.ts'
import { ensure, requireDistinct, requireOneOf, requireRange, type TaskRule } from './rule.ts'

const KINDS = [
  'host',
  'dockerVolumeConfiguration',
  'efsVolumeConfiguration',
  'fsxWindowsFileServerVolumeConfiguration',
  's3filesVolumeConfiguration',
] as const

export const volumesAreValid: TaskRule = (task) => {
  const { volumes = [] } = task
  for (const volume of volumes) {
    ensure(ECS_NAME.test(volume.name ?? ''), 'volume.name contains invalid characters.')
    checkKind(volume)
    if (volume.dockerVolumeConfiguration) checkDocker(volume.dockerVolumeConfiguration)
    if (volume.efsVolumeConfiguration) checkEfs(volume.efsVolumeConfiguration)
    if (volume.fsxWindowsFileServerVolumeConfiguration) checkFsx(volume.fsxWindowsFileServerVolumeConfiguration)
    if (volume.s3filesVolumeConfiguration) checkS3Files(volume.s3filesVolumeConfiguration, task)
  }
  requireDistinct(
    'Volume name',
    volumes.map(({ name }) => name),
  )
  const atLaunch = volumes.filter(({ configuredAtLaunch }) => configuredAtLaunch)
  ensure(atLaunch.length <= 1, 'Only one volume configured at launch is supported.')
}

const checkKind = (volume: Volume): void => {
  const kinds = KINDS.filter((kind) => volume[kind] !== undefined).length + (volume.configuredAtLaunch ? 1 : 0)
  ensure(kinds <= 1, 'When the volume parameter is specified, only one volume configuration type should be used.')
}

const checkDocker = ({ scope = 'task', autoprovision }: DockerVolumeConfiguration): void => {
  requireOneOf('dockerVolumeConfiguration.scope', scope, ecsEnums.Scope)
  ensure(
    scope === 'shared' || autoprovision === undefined,
    'The autoprovision parameter is only supported for Docker volumes with the scope shared.',
  )
}

const checkEfs = (efs: EFSVolumeConfiguration): void => {
  const { fileSystemId = '', rootDirectory = '/', transitEncryption = 'DISABLED', authorizationConfig } = efs
  requireOneOf('efsVolumeConfiguration.transitEncryption', transitEncryption, ecsEnums.EFSTransitEncryption)
  requireOneOf(
    'efsVolumeConfiguration.authorizationConfig.iam',
    authorizationConfig?.iam,
    ecsEnums.EFSAuthorizationConfigIAM,
  )
  requireRange('efsVolumeConfiguration.transitEncryptionPort', efs.transitEncryptionPort, 1, 65_535)
  ensure(/^fs-[0-9a-f]{8,40}$/.test(fileSystemId), `Invalid EFS file system ID '${fileSystemId}'.`)
  const needsEncryption = authorizationConfig?.accessPointId !== undefined || authorizationConfig?.iam === 'ENABLED'
  ensure(
    !needsEncryption || transitEncryption === 'ENABLED',
    'EFS transit encryption must be enabled when an access point or IAM authorization is used.',
  )
  ensure(
    authorizationConfig?.accessPointId === undefined || rootDirectory === '/',
    'The EFS root directory must be omitted or set to / when an access point is used.',
  )
}

const checkFsx = ({
  fileSystemId = '',
  rootDirectory,
  authorizationConfig,
}: FSxWindowsFileServerVolumeConfiguration): void => {
  ensure(/^fs-[0-9a-f]{8,40}$/.test(fileSystemId), `Invalid FSx file system ID '${fileSystemId}'.`)
  const complete = rootDirectory && authorizationConfig?.credentialsParameter && authorizationConfig.domain
  ensure(Boolean(complete), 'An FSx volume must specify rootDirectory, credentialsParameter and domain.')
}

const checkS3Files = (s3files: S3FilesVolumeConfiguration, { taskRoleArn }: RegisterTaskDefinitionRequest): void => {
  const { fileSystemArn = '', rootDirectory = '/', accessPointArn, transitEncryptionPort } = s3files
  ensure(/^arn:[^:]+:s3files:/.test(fileSystemArn), `Invalid S3 Files file system ARN '${fileSystemArn}'.`)
  requireRange('s3filesVolumeConfiguration.transitEncryptionPort', transitEncryptionPort, 1, 65_535)
  ensure(
    accessPointArn === undefined || rootDirectory === '/',
    'The S3 Files root directory must be omitted or set to / when an access point is used.',
  )
  ensure(Boolean(taskRoleArn), 'A task definition with an S3 Files volume must specify a task role.')
}
