"""What the commands of small teams' runbooks do: containers, units, platforms, packages, databases, firewalls."""

from __future__ import annotations

import pytest

from tocsin.runbook.command.effects import judge
from tocsin.runbook.instructions import Effect, Termination

LOOKS = r"""
npx prisma migrate status
knex migrate:status
knex --knexfile db.js migrate:list
direnv status
mdadm --detail /dev/md0
mdadm --examine /dev/sda1
java -version
docker compose ps --all
docker compose -f prod.yml logs --tail=100 api
docker compose logs -f --tail 50 worker
docker compose exec -T db pg_isready
docker compose port web 80
docker compose convert
docker buildx ls
docker context ls
docker manifest inspect mill/oven:1
docker stack ps mill
docker service logs mill_web --tail 20
docker node inspect self
systemctl --failed
systemctl list-units --state=failed
systemctl --user status mill
systemctl get-default
systemd-analyze blame
systemd-cgls
systemd-cgtop
journalctl --disk-usage
journalctl -u mill --since "1 hour ago" --no-pager
loginctl list-sessions
hostnamectl
timedatectl status
chronyc tracking
chronyc sources -v
psql -h db -U mill -c "select count(*) from jobs"
psql -c "\dt+ public.*"
mysql -e "show processlist"
mysqladmin -u root status
mysqladmin processlist
redis-cli -h cache info memory
redis-cli --latency-history -i 1
redis-cli lindex queue 0
redis-cli object freq k
redis-cli acl list
redis-cli sentinel masters
kubectl get events --sort-by=.lastTimestamp
kubectl -n mill get deploy api -o yaml
kubectl get pods -w
kubectl auth whoami
kubectl exec deploy/api -- env
kubectl exec -it deploy/api -- cat /etc/resolv.conf
helm get values mill
helm ls -A
helm repo list
aws sts get-caller-identity
aws ec2 describe-instances
aws s3 ls s3://mill
aws logs tail /mill --follow
aws cloudwatch get-metric-statistics --namespace x
aws configure list
gcloud config list
gcloud run services list
gcloud logging read "severity>=ERROR" --limit 5
az account show
az webapp list
az webapp log tail -n web -g rg
flyctl status -a mill
fly scale show
heroku ps -a mill
heroku pg:info -a mill
heroku buildpacks
vercel ls
vercel inspect mill.vercel.app
supabase status
supabase projects list
supabase migration list
supabase functions list
wrangler tail
wrangler deployments list
wrangler whoami
wrangler kv key list --namespace-id 1
netlify status
railway status
railway logs
terraform plan -lock=false
terraform state list
ansible all -m ping
ansible-inventory --list
ansible-playbook site.yml --check
ansible-playbook site.yml --list-hosts
git log --oneline -5
git stash list
git rev-list --count HEAD
git shortlog -sn
git cat-file -p HEAD
gh run list --limit 5
gh release list
gh api repos/a/b/actions/runs
gh secret list
gh search issues foo
pnpm why left-pad
npm run db:status
alembic current
alembic history
alembic heads
rails db:migrate:status
rails routes
bundle exec rails about
php artisan migrate:status
php artisan queue:failed
php artisan schedule:list
php artisan about
celery -A mill inspect active
celery -A mill status
nginx -t
nginx -T
certbot certificates
certbot renew --dry-run
ufw status verbose
iptables -L -n -v
iptables -t nat -S
iptables-save
nft list ruleset
firewall-cmd --list-all
fail2ban-client status sshd
rsync -avn src/ dst/
tar -tzf mill.tgz
pg_restore -l mill.dump
pg_isready -h db
pg_controldata
pg_lsclusters
patronictl list
pgbackrest info
repmgr cluster show
mongosh --eval "rs.status()"
mongosh --quiet --eval "db.serverStatus().connections"
mongostat -n 3
rabbitmqctl list_queues name messages
rabbitmqctl cluster_status
rabbitmq-diagnostics check_running
rabbitmqadmin list queues
kafka-topics.sh --list --bootstrap-server k:9092
kafka-consumer-groups.sh --describe --group g --bootstrap-server k:9092
kafka-configs.sh --describe --topic t
curl -s -o /dev/null -w "%{http_code}" https://mill.example/healthz
curl -I https://mill.example
ssh mill1 uptime
Get-Service mill
Get-EventLog -LogName System -Newest 20
Get-Process | Sort-Object CPU -Descending | Select-Object -First 5
Test-NetConnection db -Port 5432
sc query mill
netsh advfirewall show allprofiles
tasklist /fi "imagename eq mill.exe"
ipconfig /all
nslookup mill.example
schtasks /query
varnishadm backend.list
haproxy -c -f /etc/haproxy/haproxy.cfg
apachectl configtest
supervisorctl status
monit summary
consul members
consul kv get mill/x
nomad status mill
vault status
etcdctl endpoint health
etcdctl member list
ceph -s
ceph health detail
zpool status
smartctl -a /dev/sda
lvs
df -i
ss -tulpn
lsof -i :8080
fuser -v 8080/tcp
dig +short mill.example
tcpdump -c 10 -i eth0 port 80
tcpdump -i eth0 port 80
sqlite3 mill.db "select 1"
sqlite3 mill.db "pragma integrity_check"
jstack 123
jcmd 123 GC.heap_info
dokku ps:report mill
kamal app logs
eb status
eb health
doctl apps list
linode-cli linodes list
hcloud server list
sentry-cli releases list
stripe events list
influx ping
promtool check config prometheus.yml
amtool alert query
velero backup get
restic snapshots
borg list repo
rclone ls remote:
crontab -l
dpkg -l
apt list --upgradable
who
last -n 5
uname -a
ping -c 3 db
ping db
traceroute db
mtr --report db
npx --yes prisma@6 migrate status
pnpm exec prisma validate
systemctl
hostnamectl status
sqlite3 -readonly mill.db .tables
terraform --version
docker --version
""".strip().split("\n")

ACTS = r"""
npx prisma migrate deploy
knex migrate:latest
knex migrate:rollback --all
direnv allow .
npx prisma migrate reset --force
mdadm --manage /dev/md0 --add /dev/sdb1
mdadm --manage /dev/md0 --fail /dev/sdb1
python3 -m http.server 8000
docker compose -f prod.yml down -v
docker compose up -d --force-recreate api
docker compose exec -T app php artisan queue:restart
docker system prune -af --volumes
docker context use prod
docker stack deploy -c stack.yml mill
docker stack rm mill
docker swarm leave --force
docker node update --availability drain n1
systemctl set-property mill MemoryMax=1G
systemctl try-reload-or-restart nginx
journalctl --vacuum-size=500M
loginctl terminate-user bob
hostnamectl set-hostname mill2
timedatectl set-ntp true
chronyc makestep
psql -c "select pg_terminate_backend(123)"
psql -c "vacuum analyze jobs"
mysql -e "kill 42"
mysqladmin flush-hosts
mysqladmin shutdown
mysqlcheck --repair mill
mysqldump mill > mill.sql
redis-cli config set maxmemory 2gb
redis-cli flushall async
redis-cli cluster failover
redis-cli sentinel failover mymaster
kubectl config set-credentials bob
kubectl rollout restart sts/mill
kubectl delete pod --field-selector=status.phase=Failed
helm upgrade --install mill ./chart
aws ec2 stop-instances --instance-ids i-1
aws ec2 reboot-instances --instance-ids i-1
aws s3 rm s3://mill/x --recursive
aws ecs update-service --cluster c --service s --force-new-deployment
aws lambda invoke --function-name f out.json
gcloud config set project p
gcloud run services update-traffic web --to-latest
gcloud compute instances delete vm1
gcloud auth login
az account set --subscription x
az webapp restart -n web -g rg
az vm deallocate -n vm -g rg
fly scale count 3
fly apps destroy mill
heroku dyno:restart -a mill
heroku labs:enable x
vercel rollback
vercel env add KEY
vercel env rm KEY
supabase db push
supabase db reset
supabase functions deploy hello
wrangler deploy
wrangler rollback
wrangler secret put KEY
wrangler delete
netlify deploy --prod
railway up
railway down
terraform apply -auto-approve
terraform destroy -auto-approve
ansible-playbook site.yml
git reset --hard origin/main
gh workflow run deploy.yml
gh api -X POST repos/a/b/dispatches
gh secret set KEY
gh repo delete a/b
yarn db:status:fix
npm run db:migrate
alembic upgrade head
alembic downgrade -1
alembic stamp head
rails db:migrate
rails db:rollback
php artisan migrate --force
php artisan migrate:rollback
php artisan queue:retry all
php artisan queue:flush
php artisan down
php artisan optimize:clear
celery -A mill purge -f
celery -A mill control shutdown
nginx -s reload
nginx -s stop
certbot renew
certbot revoke --cert-name mill
ufw allow 22/tcp
ufw disable
ufw reset
iptables -A INPUT -s 1.2.3.4 -j DROP
iptables -F
iptables-restore < rules.v4
nft flush ruleset
firewall-cmd --reload
fail2ban-client set sshd unbanip 1.2.3.4
rsync -av src/ dst/
rsync -av --delete src/ dst/
tar -xzf mill.tgz
pg_dump mill > mill.sql
pg_restore -d mill --clean mill.dump
pg_ctl reload
pg_ctl stop -m fast
pg_ctl promote
pg_ctlcluster 15 main restart
patronictl failover
patronictl reload mill
pgbackrest backup
pgbackrest restore
repmgr standby promote
mongosh --eval "rs.stepDown()"
mongosh
mongodump --out /tmp/x
mongorestore --drop dump/
rabbitmqctl purge_queue jobs
rabbitmqctl stop_app
rabbitmqadmin delete queue name=jobs
kafka-consumer-groups.sh --reset-offsets --to-latest --execute --group g --topic t
kafka-configs.sh --alter --add-config retention.ms=1000 --topic t
curl -X PUT https://mill.example/flag -d on
curl -X DELETE https://mill.example/cache
curl -fsSL https://mill.example/x -o x
ssh mill1 "sudo systemctl restart mill"
ssh mill1
Restart-Service -Name mill
Stop-Service mill
iisreset /restart
sc stop mill
netsh advfirewall set allprofiles state off
taskkill /f /im mill.exe
ipconfig /flushdns
schtasks /run /tn mill
./status-metrics.sh
./check-and-fix.sh
varnishadm "ban req.url ~ /"
apachectl graceful
supervisorctl restart mill
monit restart mill
consul leave
nomad job stop mill
vault operator seal
vault operator unseal
etcdctl member remove 1
etcdctl defrag
ceph osd set noout
zpool scrub tank
smartctl -t long /dev/sda
lvextend -L +5G /dev/vg/lv
fuser -k 8080/tcp
sqlite3 mill.db "vacuum"
jcmd 123 GC.run
jmap -dump:live,file=/tmp/h.bin 123
dokku ps:restart mill
kamal rollback v1
kamal deploy
eb deploy
doctl apps create-deployment 1
hcloud server poweroff mill
amtool silence add alertname=x
velero backup create b1
velero restore create --from-backup b1
restic forget --prune
rclone sync a remote:b
crontab -e
crontab -r
apt-get install -y nginx
shutdown -r now
systemctl stop mill --failed
pg_restore -hlocalhost -d mill mill.dump
pg_restore -l -f list.txt mill.dump
gh api repos/a/b -f name=x
firewall-cmd --list-all --remove-port=22/tcp
mdadm --detail --stop /dev/md0
sqlite3 mill.db "pragma journal_mode=wal"
sqlite3 -cmd .x mill.db "select 1"
sqlite3 mill.db "select writefile('a', b) from t"
npx -p evil prisma migrate status
npx @scope/tool
npx k get pods
npx mill status
pnpm dlx prisma migrate reset
nginx -c x.conf -s stop
java -javaagent:a.jar -version
./status-page.sh
./metrics-server.sh
hostnamectl set-hostname x
systemctl --user restart mill
git cat-file --filters HEAD:x
fuser -vk 80/tcp
rclone check a b --combined out.txt
php -S 0.0.0.0:8000
dpkg --remove mill
zpool status -c x
apachectl -t -c "Include x"
varnishadm vcl.use boot
docker stack deploy -c x mill
kubectl config unset users.bob
""".strip().split("\n")

GO_ON = r"""
python3 -m http.server 8000
docker compose logs -f --tail 50 worker
systemd-cgtop
redis-cli --latency-history -i 1
kubectl get pods -w
aws logs tail /mill --follow
az webapp log tail -n web -g rg
wrangler tail
tcpdump -i eth0 port 80
ping db
""".strip().split("\n")


@pytest.mark.parametrize("command", ACTS)
def test_nothing_that_acts_is_run_unasked(command: str) -> None:
    """A command that changes something, or of which nobody knows what it does, is no look."""
    assert judge(command).effect is not Effect.READ_ONLY


@pytest.mark.parametrize("command", LOOKS)
def test_a_look_is_not_held_back(command: str) -> None:
    """What only reads is known as that, so that it is run when an incident opens."""
    found = judge(command)
    assert found.effect is Effect.READ_ONLY, found.reason


@pytest.mark.parametrize("command", GO_ON)
def test_what_goes_on_until_it_is_stopped(command: str) -> None:
    """A server, a log that is followed, a measure that is repeated: nobody waits for its end."""
    assert judge(command).termination is Termination.FOLLOWS


@pytest.mark.parametrize("command", ["knex migrate:rollback", "knex migrate:rollback --all", "knex migrate:down"])
def test_a_migration_that_is_taken_back_takes_data_with_it(command: str) -> None:
    """It drops the columns and tables that the migration made."""
    assert judge(command).effect is Effect.DESTRUCTIVE


@pytest.mark.parametrize(
    "command", ["gh api -X DELETE repos/o/r", "gh api -XDELETE repos/o/r", "gh api --method DELETE x"]
)
def test_a_call_that_deletes_is_destructive(command: str) -> None:
    """The method says it; another one than GET only changes something."""
    assert judge(command).effect is Effect.DESTRUCTIVE
    assert judge(command.replace("DELETE", "POST")).effect is Effect.MUTATING
