import type { ContainerDefinition, RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs'
import { describe, expect, it } from 'vitest'
import { aDefinition } from '../../../../test/builders/a-definition-request.ts'
import { refusal } from '../../../../test/ecs-refusal.ts'

const linux = (linuxParameters: NonNullable<ContainerDefinition['linuxParameters']>): ContainerDefinition => ({
  linuxParameters,
})

describe('Linux parameters', () => {
  it.each<[string, RegisterTaskDefinitionRequest]>([
    ["Invalid Linux capability 'FLY'.", aDefinition(linux({ capabilities: { add: ['FLY'] } }))],
    ['Device hostPath should not be null or empty.', aDefinition(linux({ devices: [{ hostPath: '' }] }))],
    [
      'Tmpfs containerPath must be an absolute path.',
      aDefinition(linux({ tmpfs: [{ containerPath: 'run', size: 1 }] })),
    ],
    [
      'Tmpfs size must be between 1 and 2147483647.',
      aDefinition(linux({ tmpfs: [{ containerPath: '/run', size: 0 }] })),
    ],
    [
      "Invalid tmpfs mount option 'fast'.",
      aDefinition(linux({ tmpfs: [{ containerPath: '/run', size: 1, mountOptions: ['fast'] }] })),
    ],
    ['linuxParameters.swappiness must be between 0 and 100.', aDefinition(linux({ swappiness: 101 }))],
    ['linuxParameters.maxSwap must be between 0 and 2147483647.', aDefinition(linux({ maxSwap: -1 }))],
    ['linuxParameters.sharedMemorySize must be between 1 and 2147483647.', aDefinition(linux({ sharedMemorySize: 0 }))],
    [
      "The soft limit of ulimit 'nofile' must not be greater than its hard limit.",
      aDefinition({ ulimits: [{ name: 'nofile', softLimit: 2, hardLimit: 1 }] }),
    ],
    [
      "Invalid system control namespace 'vm.swappiness'.",
      aDefinition({ systemControls: [{ namespace: 'vm.swappiness', value: '1' }] }),
    ],
    [
      'Network namespace system controls are not supported when networkMode=host.',
      aDefinition({ systemControls: [{ namespace: 'net.a', value: '1' }] }, { networkMode: 'host' }),
    ],
    [
      'IPC namespace system controls are not supported when ipcMode=host.',
      aDefinition({ systemControls: [{ namespace: 'kernel.sem', value: '1' }] }, { ipcMode: 'host' }),
    ],
    [
      "Invalid Docker security option 'seccomp:unconfined'.",
      aDefinition({ dockerSecurityOptions: ['seccomp:unconfined'] }),
    ],
  ])('are refused: %s', (message, task) => expect(refusal(task)).toBe(message))
})
