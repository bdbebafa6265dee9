/** What a container finds in its environment and on its network: variables, files, secrets, credentials, host names. */
import { isIP } from 'node:net'
import { ecsEnums } from '../enums.ts'
import { ENVIRONMENT_FILES } from '../../../model/limits.ts'
import { type ContainerRule, networkModeOf, ensure, requireDistinct, requireOneOf } from './rule.ts'

const ENVIRONMENT_FILE = /^arn:[^:]+:s3:::.+\.env$/
const CREDENTIAL_SPEC = /^credentialspec(domainless)?:arn:[^:]+:(s3|ssm):.+$/
const HOSTNAME_LENGTH = 253

export const environmentIsValid: ContainerRule = ({ name, environment = [], environmentFiles = [] }) => {
  for (const variable of environment) {
    ensure(Boolean(variable.name), `Environment variable name for container '${name}' should not be null or empty.`)
  }
  const limit = ENVIRONMENT_FILES
  ensure(environmentFiles.length <= limit, `A container can have at most ${limit} environment files.`)
  for (const { type, value = '' } of environmentFiles) {
    requireOneOf('environmentFiles.type', type, ecsEnums.EnvironmentFileType)
    ensure(
      ENVIRONMENT_FILE.test(value),
      `Invalid environment file '${value}'. It must be the ARN of an Amazon S3 object with the extension .env.`,
    )
  }
}

export const secretsAreValid: ContainerRule = ({ environment = [], secrets = [], logConfiguration }, task) => {
  const secretOptions = logConfiguration?.secretOptions ?? []
  if (secrets.length === 0 && secretOptions.length === 0) return
  ensure(
    Boolean(task.executionRoleArn),
    "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.",
  )
  for (const { name, valueFrom } of [...secrets, ...secretOptions]) {
    ensure(Boolean(name), 'Secret name should not be null or empty.')
    ensure(Boolean(valueFrom), `Secret '${name}' must specify a value for 'valueFrom'.`)
  }
  const taken = [...environment, ...secrets].map(({ name }) => name)
  const twice = secrets.find(({ name }) => taken.filter((other) => other === name).length > 1)
  ensure(
    twice === undefined,
    'The secret name must be unique and not shared with any new or existing environment variables set on the container, ' +
      `such as '${twice?.name}'.`,
  )
  requireDistinct(
    'Log secret option',
    secretOptions.map(({ name }) => name),
  )
}

export const credentialsAreValid: ContainerRule = ({ repositoryCredentials, credentialSpecs = [] }, task) => {
  if (repositoryCredentials !== undefined) {
    ensure(Boolean(repositoryCredentials.credentialsParameter), 'credentialsParameter should not be null or empty.')
    ensure(
      Boolean(task.executionRoleArn),
      "When you are specifying repository credentials, you must also specify a value for 'executionRoleArn'.",
    )
  }
  ensure(credentialSpecs.length <= 1, 'A container can have at most 1 credential spec.')
  for (const spec of credentialSpecs) ensure(CREDENTIAL_SPEC.test(spec), `Invalid credential spec '${spec}'.`)
}

export const hostNamesAreValid: ContainerRule = ({ hostname, extraHosts = [], dnsServers = [] }, task) => {
  if (networkModeOf(task) === 'awsvpc') {
    ensure(hostname === undefined, 'hostname is not supported on container when networkMode=awsvpc.')
    ensure(extraHosts.length === 0, 'extraHosts is not supported on container when networkMode=awsvpc.')
  }
  ensure((hostname?.length ?? 0) <= HOSTNAME_LENGTH, `hostname can have at most ${HOSTNAME_LENGTH} characters.`)
  for (const { hostname: host, ipAddress = '' } of extraHosts) {
    ensure(Boolean(host), 'HostEntry.hostname should not be null or empty.')
    ensure(isIP(ipAddress) > 0, `Invalid IP address '${ipAddress}' in extraHosts.`)
  }
  for (const server of dnsServers) ensure(isIP(server) > 0, `Invalid DNS server '${server}'.`)
}
