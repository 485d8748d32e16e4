
Q


service.name
svc64
