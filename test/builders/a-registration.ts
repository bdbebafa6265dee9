/** What an agent on an ordinary machine sends to RegisterContainerInstance. */
import type { AgentRegisterContainerInstanceRequest } from '../../src/services/ecs/agent-model.ts'

export const aRegistration = (
  given: Partial<AgentRegisterContainerInstanceRequest> = {},
): AgentRegisterContainerInstanceRequest => ({
  cluster: 'default',
  totalResources: [
    { name: 'CPU', type: 'INTEGER', integerValue: 2048 },
    { name: 'MEMORY', type: 'INTEGER', integerValue: 4096 },
    { name: 'PORTS', type: 'STRINGSET', stringSetValue: ['22', '2376'] },
    { name: 'PORTS_UDP', type: 'STRINGSET', stringSetValue: [] },
  ],
  attributes: [{ name: 'ecs.os-type', value: 'linux' }, { name: 'ecs.capability.container-ordering' }],
  ...given,
})
