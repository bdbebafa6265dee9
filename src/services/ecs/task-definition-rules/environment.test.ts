import type { RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs'
import { describe, expect, it } from 'vitest'
import { aDefinition } from '../../../../test/builders/a-definition-request.ts'
import { refusal } from '../../../../test/ecs-refusal.ts'

const ROLE = 'arn:aws:iam::000000000000:role/service/exec'

describe('the environment of a container', () => {
  it.each<[string, RegisterTaskDefinitionRequest]>([
    [
      "Environment variable name for container 'app' should not be null or empty.",
      aDefinition({ environment: [{ name: '', value: 'a' }] }),
    ],
    [
      "Invalid environment file 'a.env'. It must be the ARN of an Amazon S3 object with the extension .env.",
      aDefinition({ environmentFiles: [{ type: 's3', value: 'a.env' }] }),
    ],
    [
      "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.",
      aDefinition({ secrets: [{ name: 'A', valueFrom: 'a' }] }),
    ],
    [
      "The secret name must be unique and not shared with any new or existing environment variables set on the container, such as 'A'.",
      aDefinition(
        { environment: [{ name: 'A', value: '' }], secrets: [{ name: 'A', valueFrom: 'a' }] },
        { executionRoleArn: ROLE },
      ),
    ],
    [
      "When you are specifying repository credentials, you must also specify a value for 'executionRoleArn'.",
      aDefinition({ repositoryCredentials: { credentialsParameter: 'a' } }),
    ],
    ['A container can have at most 1 credential spec.', aDefinition({ credentialSpecs: ['a', 'b'] })],
    [
      'hostname is not supported on container when networkMode=awsvpc.',
      aDefinition({ hostname: 'a' }, { networkMode: 'awsvpc' }),
    ],
    [
      'extraHosts is not supported on container when networkMode=awsvpc.',
      aDefinition({ extraHosts: [{ hostname: 'a', ipAddress: '1.1.1.1' }] }, { networkMode: 'awsvpc' }),
    ],
    ["Invalid IP address 'a' in extraHosts.", aDefinition({ extraHosts: [{ hostname: 'a', ipAddress: 'a' }] })],
    ["Invalid DNS server 'dns'.", aDefinition({ dnsServers: ['dns'] })],
  ])('is refused: %s', (message, task) => expect(refusal(task)).toBe(message))
})
