import type { ContainerDefinition, RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs'
import { describe, expect, it } from 'vitest'
import { aDefinition, aDefinitionOfTwo } from '../../../../test/builders/a-definition-request.ts'
import { refusal } from '../../../../test/ecs-refusal.ts'

const ports = (...portMappings: NonNullable<ContainerDefinition['portMappings']>): ContainerDefinition => ({
  portMappings,
})

describe('port mappings', () => {
  it.each<[string, RegisterTaskDefinitionRequest]>([
    ['A port mapping must specify a containerPort or a containerPortRange.', aDefinition(ports({ hostPort: 80 }))],
    ['PortMapping.containerPort must be between 1 and 65535.', aDefinition(ports({ containerPort: 65_536 }))],
    ['PortMapping.hostPort must be between 0 and 65535.', aDefinition(ports({ containerPort: 80, hostPort: 65_536 }))],
    [
      'Port mappings are not supported when networkMode=none.',
      aDefinition(ports({ containerPort: 80 }), { networkMode: 'none' }),
    ],
    [
      'When networkMode=awsvpc, the host ports and container ports in port mappings must match.',
      aDefinition(ports({ containerPort: 80, hostPort: 81 }), { networkMode: 'awsvpc' }),
    ],
    [
      'When networkMode=host, the host ports and container ports in port mappings must match.',
      aDefinition(ports({ containerPort: 80, hostPort: 81 }), { networkMode: 'host' }),
    ],
    [
      'Container port 80 is specified in more than one port mapping.',
      aDefinition(ports({ containerPort: 80 }, { containerPort: 80, protocol: 'tcp' })),
    ],
    [
      'Container port 8005 is specified in more than one port mapping.',
      aDefinition(ports({ containerPortRange: '8000-8010' }, { containerPort: 8005 })),
    ],
    [
      "Host port '80/tcp' is specified more than once.",
      aDefinitionOfTwo(ports({ containerPort: 80, hostPort: 80 }), ports({ containerPort: 81, hostPort: 80 })),
    ],
    [
      "Host port '80/tcp' is specified more than once.",
      aDefinitionOfTwo(ports({ containerPort: 80 }), ports({ containerPort: 80 }), { networkMode: 'awsvpc' }),
    ],
    ["Invalid containerPortRange '10-10'.", aDefinition(ports({ containerPortRange: '10-10' }))],
    [
      'containerPortRange is not supported when networkMode=host.',
      aDefinition(ports({ containerPortRange: '1-2' }), { networkMode: 'host' }),
    ],
    [
      'When containerPortRange is specified, containerPort and hostPort must not be specified.',
      aDefinition(ports({ containerPortRange: '1-2', containerPort: 1 })),
    ],
    ['PortMapping.name contains invalid characters.', aDefinition(ports({ containerPort: 80, name: '-web' }))],
    [
      "Port mapping name 'web' is specified more than once.",
      aDefinition(ports({ containerPort: 80, name: 'web' }, { containerPort: 81, name: 'web' })),
    ],
  ])('are refused: %s', (message, task) => expect(refusal(task)).toBe(message))

  it.each(['bridge', 'awsvpc', 'host'] as const)(
    'may be of one port for TCP and UDP with networkMode=%s',
    (networkMode) => {
      const both = ports({ containerPort: 53, hostPort: 53 }, { containerPort: 53, hostPort: 53, protocol: 'udp' })
      expect(refusal(aDefinition(both, { networkMode }))).toBeUndefined()
    },
  )
})
