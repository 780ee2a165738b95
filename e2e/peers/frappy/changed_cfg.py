# The node of peer_cfg.py after somebody changed it: one module is gone, one is new, one has other limits.
Node('peer.test', 'our own test node\n\nfor the browser client', 'ws://10768', secondary=['tcp://10767'])
Mod('cryo', 'peer_modules.Cryo', 'a cryostat', pollinterval=1, group='sample', meaning=('temperature', 20),
    target=Param(max=320))
Mod('fast', 'peer_modules.Fast', 'fast updates', pollinterval=5)
Mod('types', 'peer_modules.Types', 'all data types', pollinterval=5, visibility='advanced')
Mod('nan', 'peer_modules.Nan', 'NaN', pollinterval=1)
Mod('bare', 'peer_modules.Bare', 'no interface class')
Mod('newcomer', 'peer_modules.Flaky', 'a second sensor', pollinterval=1)
